"""Stage simulate: the training and test draws of a cell, every replicate and group."""

from pathlib import Path

from applicability.storage.arrays import write_arrays
from applicability.study import Cell
from applicability.tasks.sample import sample


def simulate(cell: str, samples: Path) -> None:
    """Draw a cell and write it.

    cell: :class:`applicability.study.Cell` as JSON. samples: an .npz with `train` [R, G, n, d] and
    `test` [R, G, test_draws, d] in float32, and the cell itself.
    """
    cell = Cell.parse(cell)
    write_arrays(samples, cell, train=sample(cell, "train", cell.n), test=sample(cell, "test", cell.test_draws))
