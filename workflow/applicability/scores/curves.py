"""What the figures of a single cell show."""

import numpy as np

from applicability.learners.network import StackedNetwork
from applicability.logits import finite, numbers
from applicability.scores.score import own_group, reliability
from applicability.tasks.truth import Truth

# dimension -> points along each side of a picture, scales beyond the outer locations
PICTURES = {1: (201, 5), 2: (61, 3)}


def curves_of(network: StackedNetwork, logits: np.ndarray, truth: Truth) -> dict[str, np.ndarray]:
    """What the figures of a single cell show, for R networks in float64 and their logits [R, K, G·m] on test draws.

    share, probability, frequency [R, K, 15]: :func:`reliability` on the test draws. x [P, d],
    true_logits [P, K] and logits [R, P, K]: on a line, and on a grid in the plane (the first coordinate running
    fastest); more dimensions have no picture. All are NaN for a network that diverged.
    """
    names = ("share", "probability", "frequency")
    groups = len(truth.groups)
    bins = reliability(numbers(logits), own_group(logits.shape[2] // groups, groups))
    sound = finite(logits)[:, None, None]
    curves = {name: np.where(sound, values, np.nan) for name, values in zip(names, bins, strict=True)}
    if truth.dimension in PICTURES:
        points, margin = PICTURES[truth.dimension]
        x = lattice([truth.span(margin, each) for each in range(truth.dimension)], points)
        curves |= {"x": x, "true_logits": truth.logits(x), "logits": network.logits(x[None]).astype(np.float32)}
    return curves


def lattice(spans: list[tuple[float, float]], points: int) -> np.ndarray:
    """Evenly spaced points of a line, a rectangle and so on, so many along each side: [P, d], the first coordinate
    running fastest."""
    sides = np.meshgrid(*(np.linspace(low, high, points) for low, high in reversed(spans)), indexing="ij")
    return np.stack([side.ravel() for side in reversed(sides)], axis=-1)
