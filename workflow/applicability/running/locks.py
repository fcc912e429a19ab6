"""Who is at work in a folder: the lock of a run that was killed is cleared, that of a living one is not; and whether
one can work there."""

import atexit
from pathlib import Path

from applicability.errors import InputError
from applicability.storage import processes

HERE = Path(".snakemake/present")  # a file for each process that is, or was, at work here

LOCKS = Path(".snakemake/locks")  # Snakemake's own, in its own format, which says nothing of who made them


def enter() -> bool:
    """Say that this process is here until it ends; clear locks where nobody else is, and tell whether there were any.

    A process says so before it can lock anything, so whoever holds a lock is found. Raises InputError where nothing can
    be written here.
    """
    mine = HERE.absolute() / processes.name()  # Snakemake leaves its --directory before this process ends
    try:
        mine.parent.mkdir(parents=True, exist_ok=True)
        mine.write_text(mine.name)  # which a full disk does not take
    except OSError as error:
        raise InputError(f"{Path.cwd()}: expected a folder that can be written to: {error.strerror}") from error
    atexit.register(mine.unlink, missing_ok=True)
    others = [path for path in mine.parent.iterdir() if path != mine]
    for path in others:
        if not processes.living(path.name):
            path.unlink(missing_ok=True)
    others = [path for path in others if path.exists()]
    locks = list(LOCKS.iterdir()) if LOCKS.exists() and not others else []
    for lock in locks:
        lock.unlink(missing_ok=True)
    return bool(locks)


def at_work() -> str:
    """Who else is at work here and what to do about it, in one line; nothing where nobody is."""
    found = [path.name for path in HERE.iterdir() if path.name != processes.name() and processes.living(path.name)]
    who = ", ".join(map(processes.told, sorted(found)))
    far = not all(map(processes.here, found))
    gone = " Only if that machine is gone: snakemake --unlock." if far else ""
    return f"Another run is at work in this folder, {who}: wait for its end, or end it.{gone}" if found else ""
