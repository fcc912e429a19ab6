"""Who is at work in a folder: a lock of the operating system, which goes away with the process that holds it."""

import fcntl
import os
import socket
import tempfile
import time
from pathlib import Path

from applicability.errors import InputError
from applicability.storage.files import lock

LOCK = Path(".snakemake/applicability.lock")  # shared by all main processes here; names those that are runs

LOCKS = Path(".snakemake/locks")  # Snakemake's own, in its own format, which stay where a run is killed


def enter() -> bool:
    """Hold the lock until this process ends. Where nobody else holds it, clear Snakemake's locks, and tell whether
    there were any.

    Raises InputError where nothing can be written here.
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
    lock(held, fcntl.LOCK_SH)  # waits for one who is clearing; whoever comes between has nothing left to clear
    return bool(stale)


def sign() -> None:
    """Say in the lock's file that this process is a run. Raises InputError where it cannot be written."""
    try:
        with open(LOCK, "a") as file:
            print(f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%d %B, %H:%M')}", file=file)
    except OSError as error:
        raise InputError(f"{LOCK}: expected a file that can be written to: {error.strerror}") from error


def at_work() -> str:
    """Who else is at work here and what to do about it, in one line; nothing where the file system has no locks."""
    with open(LOCK) as file:
        if not lock(file, fcntl.LOCK_SH | fcntl.LOCK_NB):
            return ""
        who = "".join(f", {line.strip()}" for line in file)
    return f"Another run is at work in this folder{who}: wait for its end, or end it."
