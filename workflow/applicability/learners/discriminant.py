"""Linear discriminant analysis (LDA), the plug-in rule: means and covariance are estimated.

With true means and covariance, LDA is the optimal rule of Gaussians of one covariance. Of two groups in one dimension
the plug-in rule's excess error is about c/n, c = Δφ(Δ/2)/8, with Δ the distance of the means in units of the scale and
φ the standard normal density: half the second derivative of the error at the optimal threshold, times the variance
scale²/(2n) of the midpoint of two means.
Used by scores. May import tasks, storage, study, randomness, logits and errors.
"""

import numpy as np
from scipy.stats import norm

from applicability.tasks.truth import Truth, right

ENOUGH = 30  # least n·Δ² for an excess error of about c/n; with fewer draws the estimated means are swapped at times

RIDGE = 2e-9  # of the means' squared distance from their centre: makes the covariance of a few draws invertible


def plugin_accuracy(truth: Truth, training: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Accuracy [R] of the linear discriminants of R replicates.

    truth: of the task. training: [R, G, n, d]. draws: [R, G, m, d], test draws.
    In one dimension the accuracy is exact and needs no test draws. In more each draw counts by the posterior of the
    group that the rule names.
    """
    if truth.dimension == 1:
        return right(truth, *thresholds(training[..., 0]))
    slopes, offsets = discriminant(training)
    chosen = (draws @ slopes[:, None] + offsets[:, None, None]).argmax(-1)
    return truth.posterior_of(chosen, draws).mean((1, 2))


def thresholds(training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The linear discriminant on a line, from training draws [R, G, n].

    Returns the :func:`applicability.scores.exact.regions`: edges [R, G − 1], halfway between neighbouring means, and
    labels [R, G], the groups of the nearest means.
    """
    means = training.astype(float).mean(2)
    labels = means.argsort(axis=1, kind="stable")
    ranked = np.take_along_axis(means, labels, 1)
    middles = np.where(np.diff(ranked, axis=1) > 0, (ranked[:, 1:] + ranked[:, :-1]) / 2, np.inf)
    return np.minimum.accumulate(middles[:, ::-1], axis=1)[:, ::-1], labels  # equal means: the first group


def discriminant(training: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes [R, d, G] and offsets [R, G] from draws [R, G, n, d]; largest x·slope + offset wins."""
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
    """c of the linear discriminant's excess error c/n, and n = 30/Δ², from which on it holds.

    distance: Δ of the means of two Gaussians, in standard deviations.
    """
    return float(distance * norm.pdf(distance / 2) / 8), ENOUGH / distance**2
