"""Names of processes: who made a file, on which machine, and whether they may still be at it."""

import socket

import psutil


def name(pid: int | None = None) -> str:
    """What tells this process, or that of a `pid` here, from any other, on any machine, at any time.

    Raises psutil.NoSuchProcess where there is none of that pid.
    """
    process = psutil.Process(pid)
    return f"{process.pid}-{process.create_time():.2f}-{socket.gethostname()}"


def living(given: str) -> bool:
    """Whether the process of a given name may still be there. One on another machine counts as living: nothing here
    can tell."""
    match given.split("-", maxsplit=2):
        case [pid, _, host] if pid.isdigit() and host == socket.gethostname():
            try:
                return name(int(pid)) == given
            except psutil.NoSuchProcess:
                return False
    return True
