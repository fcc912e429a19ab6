"""Arrays of a cell in .npz files."""

from pathlib import Path

import numpy as np

from applicability.storage.files import open_verified, write_atomically
from applicability.study import Cell


def write_arrays(path: str | Path, cell: Cell, **arrays: np.ndarray) -> None:
    """Arrays of a cell, with the cell itself, so that later stages need no other source."""
    with write_atomically(path) as part, open(part, "wb") as file:  # a path would get .npz where it ends otherwise
        np.savez(file, cell=np.array(cell.json()), **arrays)


def read_arrays(path: str | Path, *names: str) -> tuple[Cell, ...]:
    """The cell of a file of arrays and then the arrays asked for.

    Raises InputError where the file is missing, damaged or not one that :func:`write_arrays` wrote.
    """
    with (
        open_verified(path, f"an .npz file with the cell and {', '.join(names)}") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        return Cell.parse(str(archive["cell"])), *(archive[name] for name in names)
