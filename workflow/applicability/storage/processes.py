"""Processes: who made a file, on which machine, whether they may still be at it; and how much memory they had."""

import resource
import socket
import sys

import psutil


def name(pid: int | None = None) -> str:
    """What tells this process, or that of a `pid` here, from any other, on any machine: number, seconds from the start
    of the machine to its own, and machine.

    Raises psutil.NoSuchProcess where there is none of that pid.
    """
    process = psutil.Process(pid)
    since = process.create_time() - psutil.boot_time()  # the difference stays when somebody sets the clock
    return f"{process.pid}-{since:.2f}-{socket.gethostname()}"


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


def told(given: str) -> str:
    """A process of a given name in words."""
    pid, _, host = given.split("-", maxsplit=2)
    return f"process {pid} on {host}"


def here(given: str) -> bool:
    """Whether the process of a given name is, or was, on this machine."""
    return given.endswith(f"-{socket.gethostname()}")


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """The most memory that this process has had so far, or the largest of its children that ended, in MiB."""
    return resource.getrusage(whose).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
