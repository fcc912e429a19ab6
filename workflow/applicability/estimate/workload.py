"""Upper bounds of a training's time, memory and operations, from its cell and learner.

Cluster jobs request them; estimate.py counts with them. May import study alone: no numpy, pandas or torch.
"""

import math
import resource
import sys

from applicability.study.cell import Cell
from applicability.study.learner import Learner, Network

PROCESS = 600  # MiB of a process that has torch, pandas and scipy imported, and of the Snakemake that a job may start
# numbers of float32 values, about twice what was measured
PER_UNIT = 4  # a unit's output, slope and mask in a step
PER_WEIGHT = 10  # a weight, its gradient, its moments and an optimiser's intermediate values
PER_STEP = 3  # a step's loss, and the loss in float64 as the history is made of it
PER_DRAW = 40  # a draw's group, place in the order and scores; its coordinates come on top
PER_LEAF = 60  # a draw that is a leaf of a tree, or is kept by a classifier
KEPT_OF_PAIR, WORKING_OF_PAIR = 2, 14  # of a pair of draws, where a classifier keeps one: a number of 8 bytes
PER_TRIPLE = 1e-9  # seconds of three draws, of such a one
PER_PAIR = 1e-7  # seconds of a pair of draws, of classifiers that compare all
PER_NUMBER = 1e-5  # seconds of a coordinate of a draw, for each tree
TESTED = 50_000  # places at which a classifier is asked beside draws
OPERATIONS = 1e9  # floating-point operations a second, of a slow core
SECONDS_PER_STEP = 2e-3  # without the matrix products
LEAST = 10  # minutes that are requested at least


def operations_of(cell: Cell, learner: Learner) -> float:
    """Floating-point operations of a training of all replicates, in its matrix products.

    Each weight takes two forward and four backward for each draw.
    """
    products = weights_of(cell, learner)
    if not isinstance(learner, Network):  # a weight may be used many times for a draw
        products = max(products, learner.units(cell.inputs, len(cell.task)))
    return 6 * products * batch_of(cell, learner) * steps_of(cell, learner) * cell.replicates


def minutes_of(cell: Cell, learner: Learner) -> int:
    """Upper bound of the minutes of a training of all replicates: many times the usual."""
    if learner.losses:
        alone = 1 if isinstance(learner, Network) else cell.replicates  # others are trained one after another
        seconds = operations_of(cell, learner) / OPERATIONS + SECONDS_PER_STEP * steps_of(cell, learner) * alone
    else:
        draws = len(cell.task) * cell.n
        seconds = PER_PAIR * draws**2 + PER_NUMBER * learner.trees * (draws + TESTED) * cell.inputs
        seconds = cell.replicates * (seconds + PER_TRIPLE * learner.pairs * draws**3)
    return LEAST + math.ceil(seconds / 60)


def memory_of(cell: Cell, learner: Learner) -> int:
    """Upper bound of the memory for training and testing all replicates, MiB."""
    draws = len(cell.task) * max(cell.n, cell.test_draws)
    if not learner.losses:
        trained = len(cell.task) * cell.n
        kept = PER_LEAF * learner.trees * trained + KEPT_OF_PAIR * learner.pairs * trained**2
        working = WORKING_OF_PAIR * learner.pairs * trained**2
        numbers = cell.replicates * (kept + draws * (PER_DRAW + 2 * cell.inputs)) + working
        return PROCESS + math.ceil(4 * numbers / 2**20)
    units = learner.units(cell.inputs, len(cell.task))
    step = PER_UNIT * units * batch_of(cell, learner) + PER_WEIGHT * weights_of(cell, learner)
    data = draws * (PER_DRAW + 2 * cell.inputs)
    losses = PER_STEP * steps_of(cell, learner)
    return PROCESS + math.ceil(4 * cell.replicates * (step + data + losses) / 2**20)


def weights_of(cell: Cell, learner: Learner) -> int:
    """The number of weights of one network, without biases."""
    return learner.weights(cell.inputs, len(cell.task))


def batch_of(cell: Cell, learner: Learner) -> int:
    """The number of draws in an SGD step of one network."""
    return min(learner.batch_size, len(cell.task) * cell.n)


def steps_of(cell: Cell, learner: Learner) -> int:
    """The number of SGD steps of a training."""
    return learner.total_steps(len(cell.task) * cell.n)


def draws_of(cell: Cell) -> int:
    """How many random numbers a cell has: one per coordinate of each draw."""
    return cell.replicates * len(cell.task) * cell.dimension * cell.n


def tested_of(cell: Cell) -> int:
    """How many random numbers a test reads: those of the cell and of its test draws."""
    return draws_of(cell) + draws_of(cell.of_tests())


def peak(whose: int = resource.RUSAGE_SELF) -> float:
    """Peak memory, MiB, of this process so far, or of the largest child that ended."""
    return resource.getrusage(whose).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
