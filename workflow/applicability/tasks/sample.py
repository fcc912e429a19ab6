"""The draws of a cell: every replicate and group, each from a stream of its own."""

import numpy as np

from applicability.randomness import generator
from applicability.study import Cell
from applicability.tasks.distributions import draws


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
