"""The plug-in linear discriminant: the optimal rule of Gaussians of one covariance, means and covariance estimated.

Of two groups in one dimension its excess error is about c/n, c = Δφ(Δ/2)/8 with Δ the distance of the means in units of
the scale: half the second derivative of the error at the optimal threshold, times the variance scale²/(2n) of the
midpoint of two means.
"""

import numpy as np
from scipy.stats import norm

from applicability.tasks.truth import Truth, right

ENOUGH = 30  # n·Δ² from which on the excess error is about c/n; with fewer draws the groups come out swapped at times

RIDGE = 2e-9  # times the means' squared distance from their centre: keeps the covariance of a few draws invertible


def plugin_accuracy(truth: Truth, training: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Accuracy [R] of the discriminant of training draws [R, G, n, d]: exact in one dimension, else on draws
    [R, G, m, d]."""
    if truth.dimension == 1:
        return right(truth, *thresholds(training[..., 0]))
    slopes, offsets = discriminant(training)
    chosen = (draws @ slopes[:, None] + offsets[:, None, None]).argmax(-1)
    return (chosen == np.arange(draws.shape[1])[:, None]).mean((1, 2))


def thresholds(training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The discriminant of training draws [R, G, n] on a line: the group of the nearest mean. Edges [R, G − 1] halfway
    between neighbouring means and labels [R, G], as :func:`applicability.scores.exact.regions` has them."""
    means = training.astype(float).mean(2)
    labels = means.argsort(axis=1, kind="stable")
    ranked = np.take_along_axis(means, labels, 1)
    middles = np.where(np.diff(ranked, axis=1) > 0, (ranked[:, 1:] + ranked[:, :-1]) / 2, np.inf)
    return np.minimum.accumulate(middles[:, ::-1], axis=1)[:, ::-1], labels  # of equal means the first one's group


def discriminant(training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes [R, d, G] and offsets [R, G] of training draws [R, G, n, d]: the largest x·slope + offset is the group."""
    training = training.astype(float)
    means = training.mean(2)
    replicates, _, _, d = training.shape
    centre = means.mean(1, keepdims=True)
    within = (training - means[:, :, None]).reshape(replicates, -1, d)
    covariance = within.mT @ within / within.shape[1]
    apart = means - centre
    ridge = RIDGE * (apart**2).sum((1, 2))[:, None, None] + np.finfo(float).tiny
    slopes = np.linalg.solve(covariance + ridge * np.eye(d), apart.mT)
    return slopes, -((means + centre) / 2 * slopes.mT).sum(2)


def excess_law(distance: float) -> tuple[float, float]:
    """c of the excess error c/n of two Gaussians so many scales apart, and the n from which on it holds, n·Δ² = 30."""
    return float(distance * norm.pdf(distance / 2) / 8), ENOUGH / distance**2
