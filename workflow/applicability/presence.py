"""Who is at work in a folder: the lock of a run that was killed is cleared, that of a living one is not."""

import atexit
import socket
from pathlib import Path

import psutil

HERE = Path(".snakemake/present")  # a file for each process that is, or was, at work here
LOCKS = Path(".snakemake/locks")  # Snakemake's own, in its own format, which says nothing of who made them


def enter() -> bool:
    """Say that this process is here until it ends; clear locks where nobody else is, and tell whether there were any.

    A process says so before it can lock anything, so whoever holds a lock is found. One on another machine counts as
    living: nothing here can tell.
    """
    mine = HERE / named(psutil.Process())
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.touch()
    atexit.register(mine.unlink, missing_ok=True)
    others = [path for path in HERE.iterdir() if path != mine]
    for path in others:
        if not living(path.name):
            path.unlink(missing_ok=True)
    others = [path for path in others if path.exists()]
    locks = list(LOCKS.iterdir()) if LOCKS.exists() and not others else []
    for lock in locks:
        lock.unlink(missing_ok=True)
    return bool(locks)


def named(process: psutil.Process) -> str:
    """What tells a process from any other, on any machine, at any time."""
    return f"{process.pid}-{process.create_time():.2f}-{socket.gethostname()}"


def living(name: str) -> bool:
    """Whether a process that was given that name may still be there."""
    pid, _, host = name.split("-", maxsplit=2)
    if host != socket.gethostname():
        return True
    try:
        return named(psutil.Process(int(pid))) == name
    except psutil.NoSuchProcess:
        return False
