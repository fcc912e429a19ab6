"""Curves of a single cell: reliability diagram and log-odds over the draws' space.

Used by the stages test and example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np

from applicability.learners.network import StackedNetwork
from applicability.logits import finite, numbers
from applicability.scores.score import own_group, reliability
from applicability.tasks.observed import View, unchanged
from applicability.tasks.truth import Truth

# dimension -> (points along each side of a picture, scales shown beyond the outer locations)
PICTURES = {1: (201, 5), 2: (61, 3)}


def curves_of(
    network: StackedNetwork, logits: np.ndarray, truth: Truth, view: View = unchanged
) -> dict[str, np.ndarray]:
    """Reliability diagram and log-odds over the draws' space, of R networks.

    network: R networks in float64.
    logits: [R, K, G·m], their logits on the test draws.
    truth: of the cell's task. view: what networks see of a place.

    Returns share, probability, frequency [R, K, 15]: :func:`reliability` on the test draws. In one and two dimensions
    also places x [P, d] of a grid, true_logits [P, K] and logits [R, P, K]. A network that diverged has NaN, and so
    have true_logits where densities are not known.
    """
    names = ("share", "probability", "frequency")
    groups = len(truth.groups)
    bins = reliability(numbers(logits), own_group(logits.shape[2] // groups, groups))
    sound = finite(logits)[:, None, None]
    curves = {name: np.where(sound, values, np.nan) for name, values in zip(names, bins, strict=True)}
    if truth.dimension in PICTURES:
        points, margin = PICTURES[truth.dimension]
        x = lattice([truth.span(margin, each) for each in range(truth.dimension)], points)
        true = truth.logits(x) if truth.known else np.full((len(x), logits.shape[1]), np.nan)
        curves |= {"x": x, "true_logits": true, "logits": network.logits(view(x[None])).astype(np.float32)}
    return curves


def lattice(spans: list[tuple[float, float]], points: int) -> np.ndarray:
    """Regular grid of places [P, d] on a line, a rectangle and so on.

    spans: (low, high) of each coordinate; the first runs fastest. points: along each side.
    """
    sides = np.meshgrid(*(np.linspace(low, high, points) for low, high in reversed(spans)), indexing="ij")
    return np.stack([side.ravel() for side in reversed(sides)], axis=-1)
