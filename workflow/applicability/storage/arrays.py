"""Arrays of a cell in .npz files, for stages, figures. May import study and errors."""

from pathlib import Path

import numpy as np

from applicability.storage.files import open_verified, write_atomically
from applicability.study.cell import Cell


def write_arrays(path: str | Path, cell: Cell, **arrays: np.ndarray) -> None:
    """Write arrays of a cell, and the cell itself, to an .npz file.

    path: the file. cell: the cell. arrays: each by its name in the file.
    Raises InputError where the file cannot be written.
    """
    with write_atomically(path) as part, open(part, "wb") as file:  # a path would get .npz where it ends otherwise
        np.savez(file, cell=np.array(cell.json()), **arrays)


def read_arrays(path: str | Path, *names: str) -> tuple[Cell, ...]:
    """Read the cell of an .npz file, then the named arrays.

    path: the file. names: the arrays wanted.
    Raises InputError where the file is missing, damaged or not one that :func:`write_arrays` wrote.
    """
    with (
        open_verified(path, f"an .npz file with the cell and {', '.join(names)}") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        return Cell.parse(str(archive["cell"])), *(archive[name] for name in names)
