"""Reading and writing: files are written whole or not at all, and reading runs no code."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from applicability.errors import InputError
from applicability.study import Cell


@contextlib.contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise.

    No other process has the same one, on any machine: a worker that was given up for dead may still be writing. What
    one that is dead has left behind on this machine is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    host = socket.gethostname()
    for left in path.parent.glob(f".part-{path.name}.{host}-*"):
        if not psutil.pid_exists(int(left.stem.rpartition("-")[2])):
            left.unlink(missing_ok=True)
    part = path.with_name(f".part-{path.name}.{host}-{os.getpid()}{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def named(path: str | Path, expected: str) -> Iterator[None]:
    """Whatever reading `path` raises becomes an InputError that names it and what was expected."""
    try:
        yield
    except Exception as error:
        reason = "it does not exist" if isinstance(error, FileNotFoundError) else str(error).partition("\n")[0]
        raise InputError(f"{path}: expected {expected}: {reason}") from error


def write_arrays(path: str | Path, cell: Cell, **arrays: np.ndarray) -> None:
    """Arrays of a cell, with the cell itself, so that later stages need no other source."""
    with whole(path) as part, open(part, "wb") as file:  # a path would get .npz where it ends otherwise
        np.savez(file, cell=np.array(cell.json()), **arrays)


def read_arrays(path: str | Path, *names: str) -> tuple[Cell, ...]:
    """The cell of a file of arrays and then the arrays asked for.

    Raises InputError where the file is missing or not one that :func:`write_arrays` wrote.
    """
    with (
        named(path, f"an .npz file with the cell and {', '.join(names)}"),
        np.load(path, allow_pickle=False) as archive,
    ):
        return Cell.parse(str(archive["cell"])), *(archive[name] for name in names)
