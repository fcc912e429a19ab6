"""What a training asks of a machine, from its shape alone: what a cluster is told beforehand, on the safe side."""

import math
import resource
import sys
from itertools import pairwise

from applicability.study import Cell, Learner

PROCESS = 600  # MiB of a process that has torch, pandas and scipy imported, and of the Snakemake that a job may start
# float32 values, about twice those that were measured
PER_UNIT = 4  # a unit's output, slope and mask in a step
PER_WEIGHT = 10  # a weight, its gradient, its moments and what an optimiser makes in between
PER_DRAW = 40  # beside a draw's coordinates: its group, its place in the order, its scores
OPERATIONS = 1e9  # a second, of a slow core
SECONDS_PER_STEP = 2e-3  # beside the matrix products
LEAST = 10  # minutes


def operations_of(cell: Cell, learner: Learner) -> float:
    """Floating-point operations of the matrix products of a training of all replicates: for each weight and draw two
    forward and four backward."""
    return 6 * weights_of(cell, learner) * batch_of(cell, learner) * steps_of(cell, learner) * cell.replicates


def minutes_of(cell: Cell, learner: Learner) -> int:
    """A time in which a training of all replicates surely ends, many times the usual one."""
    seconds = operations_of(cell, learner) / OPERATIONS + SECONDS_PER_STEP * steps_of(cell, learner)
    return LEAST + math.ceil(seconds / 60)


def memory_of(cell: Cell, learner: Learner) -> int:
    """MiB that training and testing all replicates surely stay within."""
    _, *units = learner.sizes(cell.dimension, len(cell.task))
    draws = len(cell.task) * max(cell.n, cell.test_draws)
    step = PER_UNIT * sum(units) * batch_of(cell, learner) + PER_WEIGHT * weights_of(cell, learner)
    data = draws * (PER_DRAW + 2 * cell.dimension)
    return PROCESS + math.ceil(4 * cell.replicates * (step + data) / 2**20)


def weights_of(cell: Cell, learner: Learner) -> int:
    """Weights of one network, its biases left out."""
    sizes = learner.sizes(cell.dimension, len(cell.task))
    return sum(inputs * outputs for inputs, outputs in pairwise(sizes))


def batch_of(cell: Cell, learner: Learner) -> int:
    """Draws of a step."""
    return min(learner.batch_size, len(cell.task) * cell.n)


def steps_of(cell: Cell, learner: Learner) -> int:
    """SGD steps of one network."""
    return learner.total_steps(len(cell.task) * cell.n)


def draws_of(cell: Cell) -> int:
    """Numbers drawn for a cell: training and test draws of all groups and replicates, a number for each coordinate."""
    return cell.replicates * len(cell.task) * cell.dimension * (cell.n + cell.test_draws)


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """The most memory that this process has had so far, or the largest of its children that ended, in MiB."""
    return resource.getrusage(whose).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
