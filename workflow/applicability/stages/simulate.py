"""Stage simulate: the training and test draws of a cell, for every replicate and group."""

from pathlib import Path

from applicability.storage.arrays import write_arrays
from applicability.study import Cell
from applicability.tasks.sample import sample


def simulate(cell: str, samples: Path) -> None:
    """Sample the training and test draws of a cell.

    cell: :class:`applicability.study.Cell` as JSON.
    samples: the .npz to write, with the cell itself and in float32 `train` [R, G, n, d] and `test`
    [R, G, test_draws, d]: R replicates, G groups, d coordinates.
    """
    cell = Cell.parse(cell)
    write_arrays(samples, cell, train=sample(cell, "train", cell.n), test=sample(cell, "test", cell.test_draws))
