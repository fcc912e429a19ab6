"""Who is at work in a folder: the lock of a run that was killed is cleared, that of a living one is not."""

import atexit
from pathlib import Path

from applicability import processes

HERE = Path(".snakemake/present")  # a file for each process that is, or was, at work here
LOCKS = Path(".snakemake/locks")  # Snakemake's own, in its own format, which says nothing of who made them


def enter() -> bool:
    """Say that this process is here until it ends; clear locks where nobody else is, and tell whether there were any.

    A process says so before it can lock anything, so whoever holds a lock is found.
    """
    mine = HERE / processes.name()
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.touch()
    atexit.register(mine.unlink, missing_ok=True)
    others = [path for path in HERE.iterdir() if path != mine]
    for path in others:
        if not processes.living(path.name):
            path.unlink(missing_ok=True)
    others = [path for path in others if path.exists()]
    locks = list(LOCKS.iterdir()) if LOCKS.exists() and not others else []
    for lock in locks:
        lock.unlink(missing_ok=True)
    return bool(locks)
