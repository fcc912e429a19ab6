"""Curves of a single cell: reliability diagram, ROC and log-odds over the draws' space.

Used by the stages test and example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np

from applicability.learners.predictor import Predictor
from applicability.logits import defined, numbers
from applicability.scores.quadrature import nodes
from applicability.scores.ranking import RECALLS, reliability, roc
from applicability.scores.score import own_group_of
from applicability.tasks.observed import View, unchanged
from applicability.tasks.truth import Truth

ROC = ("false_positives", "precision")

# dimension -> (points along each side of a picture, scales shown beyond the outer locations)
PICTURES = {1: (201, 5), 2: (61, 3)}


def curves_of(
    rules: Predictor, logits: np.ndarray, truth: Truth, draws: np.ndarray, view: View = unchanged
) -> dict[str, np.ndarray]:
    """Reliability diagram, ROC and log-odds over the draws' space, of R rules.

    rules: R trained rules in float64.
    logits: [R, K, M], their logits on the test draws.
    truth: of the cell's task.
    draws: [R, M, d], the test draws. view: what networks see of a place.

    Returns share, probability, frequency [R, K, 15]: :func:`reliability` on the test draws. Of two groups that are not
    alike in number also recall [P], false_positives and precision [R, P]: :func:`roc`, on the test draws too, and of
    the optimal rule true_false_positives and true_precision [P]. In one and two dimensions also places x [P, d] of a
    grid, true_logits [P, K] and logits [R, P, K]. A rule that diverged has NaN, and so have true_logits where
    densities are not known, and share, probability and frequency of rules that give no probabilities.
    """
    names = ("share", "probability", "frequency")
    mass, sound = own_group_of(truth, draws), defined(logits)[:, None, None]
    bins = reliability(numbers(logits), mass)
    told = sound & rules.probabilities
    curves = {name: np.where(told, values, np.nan) for name, values in zip(names, bins, strict=True)}
    if len(truth.groups) == 2 and truth.alike() is not truth:
        found = roc(numbers(logits)[:, 0], mass)
        curves["recall"] = RECALLS
        curves |= {name: np.where(sound[..., 0], each, np.nan) for name, each in zip(ROC, found, strict=True)}
        curves |= {f"true_{name}": each[0] for name, each in zip(ROC, optimal_roc(truth, draws), strict=True)}
    if truth.dimension in PICTURES:
        points, margin = PICTURES[truth.dimension]
        x = lattice([truth.span(margin, each) for each in range(truth.dimension)], points)
        true = truth.logits(x) if truth.known else np.full((len(x), logits.shape[1]), np.nan)
        found = np.where(sound, rules.logits(view(x[None])), np.nan)
        curves |= {"x": x, "true_logits": true, "logits": found.astype(np.float32)}
    return curves


def optimal_roc(truth: Truth, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The :func:`roc` of the true log-odds, R = 1: exact, or of all test draws, which count by their posterior."""
    if not truth.known:
        return (np.full((1, len(RECALLS)), np.nan),) * 2
    if truth.exact:
        x, mass = nodes(truth)
        x = x[:, None]
    else:
        x = draws.reshape(-1, truth.dimension)
        mass = truth.posterior(x).T * np.tile(own_group_of(truth, draws).sum(1), len(draws))
    return roc(truth.logits(x).T, mass[None])


def lattice(spans: list[tuple[float, float]], points: int) -> np.ndarray:
    """Regular grid of places [P, d] on a line, a rectangle and so on.

    spans: (low, high) of each coordinate; the first runs fastest. points: along each side.
    """
    sides = np.meshgrid(*(np.linspace(low, high, points) for low, high in reversed(spans)), indexing="ij")
    return np.stack([side.ravel() for side in reversed(sides)], axis=-1)
