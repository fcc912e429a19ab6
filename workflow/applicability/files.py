"""Reading and writing: files are written whole or not at all, and reading runs no code."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from applicability.errors import InputError
from applicability.study import Cell


@contextlib.contextmanager
def whole(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{path.name}")
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


def write_samples(path: str | Path, cell: Cell, **arrays: np.ndarray) -> None:
    """A cell's draws, [R, G, n, d] each, with the cell itself, so that later stages need no other source."""
    with whole(path) as part, open(part, "wb") as file:  # a path would get .npz where it ends otherwise
        np.savez(file, cell=np.array(cell.json()), **arrays)


def read_samples(path: str | Path, *names: str) -> tuple[Cell, ...]:
    """The cell of a samples file and then the arrays asked for, [R, G, n, d].

    Raises InputError where the file is missing or not one that :func:`write_samples` wrote.
    """
    with named(path, "a samples file of the simulate stage"), np.load(path, allow_pickle=False) as archive:
        return Cell.parse(str(archive["cell"])), *(archive[name] for name in names)
