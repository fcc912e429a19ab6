"""Locks: clears Snakemake's lock if its run is dead; says who holds it otherwise.

The lock used is the operating system's, which ends with the process that holds it. rules/common.smk, rules/running.smk
and the logger plugin call this module. May import errors and storage.files.
"""

import fcntl
import os
import socket
import tempfile
import time
from pathlib import Path

from applicability.errors import InputError
from applicability.storage.files import lock

LOCK = Path(".snakemake/applicability.lock")  # held by all main processes of this folder; its text names the runs

LOCKS = Path(".snakemake/locks")  # Snakemake's own, which a killed run leaves behind


def enter() -> bool:
    """Hold the lock until this process ends; its only holder clears Snakemake's locks.

    Returns whether there were locks to clear. Raises InputError where the folder cannot be written to.
    """
    try:
        LOCK.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)  # never closed, and not inherited by other programs
        with tempfile.TemporaryFile(dir=LOCK.parent) as probe:
            probe.write(b"a full disk does not take this")
    except OSError as error:
        raise InputError(f"{Path.cwd()}: expected a folder that can be written to: {error.strerror}") from error
    stale = []
    if lock(held, fcntl.LOCK_EX | fcntl.LOCK_NB):
        os.truncate(held, 0)
        stale = list(LOCKS.iterdir()) if LOCKS.exists() else []
        for path in stale:
            path.unlink(missing_ok=True)
    lock(held, fcntl.LOCK_SH)  # waits while another process clears; a third in between finds nothing to clear
    return bool(stale)


def sign() -> None:
    """Write this process into the lock's file as a run. Raises InputError where that fails."""
    try:
        with open(LOCK, "a") as file:
            print(f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%d %B, %H:%M')}", file=file)
    except OSError as error:
        raise InputError(f"{LOCK}: expected a file that can be written to: {error.strerror}") from error


def lock_holder() -> str:
    """Which other run holds the lock, and what to do; "" without locks."""
    with open(LOCK) as file:
        if not lock(file, fcntl.LOCK_SH | fcntl.LOCK_NB):
            return ""
        who = "".join(f", {line.strip()}" for line in file)
    return f"Another run is at work in this folder{who}: wait for its end, or end it."
