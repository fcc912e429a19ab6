"""Draws of a cell: every replicate and group has its own stream of random numbers.

Used by the stage simulate and scores.optimum. May import study, randomness and logits.
"""

import numpy as np

from applicability.randomness import generator
from applicability.study import Cell
from applicability.tasks.distributions import at_scale, draws


def sample(cell: Cell, role: str, n: int) -> np.ndarray:
    """n draws per group and replicate of a cell, [R, G, n, d] in float32.

    cell: gives task, scale, seed and the number R of replicates.
    role: `train`, `test` or `optimum`, which streams of random numbers to use.
    n: draws per group.
    """
    return np.stack([sample_once(cell, role, n, replicate) for replicate in range(cell.replicates)])


def sample_once(cell: Cell, role: str, n: int, replicate: int) -> np.ndarray:
    """The draws of one replicate, [G, n, d]: see :func:`sample`."""
    return np.stack(
        [
            draws(at_scale(coordinates, cell.scale), n, generator(cell.seed, role, group, replicate))
            for group, (_, coordinates) in enumerate(cell.task)
        ]
    )
