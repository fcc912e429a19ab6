"""Stage simulate: the training and test draws of a cell, every replicate and group."""

from pathlib import Path

import numpy as np

from applicability.files import write_arrays
from applicability.randomness import generator
from applicability.study import Cell
from applicability.task import draws


def simulate(cell: str, samples: Path) -> None:
    """Draw a cell and write it.

    cell: :class:`applicability.study.Cell` as JSON. samples: an .npz with `train` [R, G, n, d] and
    `test` [R, G, test_draws, d] in float32, and the cell itself.
    """
    cell = Cell.parse(cell)
    write_arrays(samples, cell, train=sample(cell, "train", cell.n), test=sample(cell, "test", cell.test_draws))


def sample(cell: Cell, role: str, n: int) -> np.ndarray:
    """n draws per group and replicate, [R, G, n, d], from the streams of a role (`train` or `test`)."""
    return np.stack(
        [
            [
                draws(distributions, cell.scale, n, generator(cell.seed, role, group, replicate))
                for group, (_, distributions) in enumerate(cell.task)
            ]
            for replicate in range(cell.replicates)
        ]
    )
