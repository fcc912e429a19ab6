"""Draws of a cell, or rows of a table: every replicate and group has its own stream of random numbers.

Used by the stage simulate and scores.optimum. May import study, randomness and logits.
"""

import numpy as np

from applicability.randomness import generator
from applicability.study.cell import Cell
from applicability.tasks.distributions import at_scale, draws
from applicability.tasks.table import Rows


def sample(cell: Cell, role: str, counts: list[int]) -> np.ndarray:
    """The draws of each replicate of a cell, [R, N, d] in float32, group by group.

    cell: gives task, scale, seed and the number R of replicates.
    role: `train`, `test` or `optimum`, which streams of random numbers to use.
    counts: [G], draws of each group, N in all.

    Rows of a table are taken without replacement: those of a test, the same for every n, are never those of a training.
    """
    return np.stack([sample_once(cell, role, counts, replicate) for replicate in range(cell.replicates)])


def sample_once(cell: Cell, role: str, counts: list[int], replicate: int) -> np.ndarray:
    """The draws of one replicate, [N, d]: see :func:`sample`."""
    found = []
    for group, ((_, coordinates), n) in enumerate(zip(cell.task, counts, strict=True)):
        distribution = at_scale(coordinates, cell.scale)
        if isinstance(distribution, Rows):
            order = generator(cell.seed, "split", group, replicate).permutation(len(distribution.rows))
            first = cell.test_draws if role == "train" else 0
            found.append(distribution.rows[order[first : first + n]])
        else:
            found.append(draws(distribution, n, generator(cell.seed, role, group, replicate)))
    return np.concatenate(found)
