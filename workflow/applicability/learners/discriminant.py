"""Reference rules, which need no training: linear discriminants of the training draws.

The plug-in rule is linear discriminant analysis (LDA): means and covariance are estimated. With the true ones it is the
optimal rule of Gaussians of one covariance. Of two groups in one dimension its excess error is about c/n,
c = Δφ(Δ/2)/8, with Δ the distance of the means in units of the scale and φ the standard normal density: half the second
derivative of the error at the optimal threshold, times the variance scale²/(2n) of the midpoint of two means.
With G groups of n draws in d dimensions its error peaks where G·(n − 1) is about d: the estimated covariance has hardly
an inverse. Two rules have no such peak: nearest-mean takes the identity for the covariance, shrunk the estimate of
Ledoit and Wolf (A well-conditioned estimator for large-dimensional covariance matrices, 2004, section 3.3).
Used by scores. May import tasks, storage, study, randomness and logits.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

from applicability.tasks.truth import Truth, of_named, right

ENOUGH = 30  # least n·Δ² for an excess error of about c/n; with fewer draws the estimated means are swapped at times

RIDGE = 2e-9  # of the means' squared distance from their centre: makes the covariance of a few draws invertible


RULES = {"plugin": "plug-in", "nearest": "nearest-mean", "shrunk": "shrunk"}  # how columns begin -> name in tables


def reference_accuracies(
    truth: Truth, training: np.ndarray, draws: np.ndarray, posterior: np.ndarray
) -> dict[str, np.ndarray]:
    """Accuracy [R] of each of the RULES, for R replicates.

    truth: of the task. training: [R, G, n, d]. draws: [R, M, d], test draws. posterior: [R or 1, M, G], theirs.
    On a line the rules are one, the plug-in rule. Where its accuracy is exact it needs neither draws nor posterior.
    """
    if truth.exact:
        return {"plugin": right(truth, *thresholds(training[..., 0]))}
    found = {}
    for rule, (slopes, offsets) in reference_rules(training).items():
        chosen = (draws @ slopes + offsets[:, None]).argmax(-1)
        found[rule] = of_named(np.broadcast_to(posterior, (*chosen.shape, posterior.shape[2])), chosen).mean(1)
    return found


def reference_rules(training: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The :func:`discriminant` of each of the RULES, on a line of one, from training draws [R, G, n, d]."""
    covariances = (sample_covariance, identity, shrunk_covariance)[: len(RULES) if training.shape[-1] > 1 else 1]
    return {rule: discriminant(training, each) for rule, each in zip(RULES, covariances, strict=False)}


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


def discriminant(training: np.ndarray, covariance: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Slopes [R, d, G] and offsets [R, G] from draws [R, G, n, d]; largest x·slope + offset wins.

    covariance: function of draws less their group's mean [R, N, d] that returns the covariance taken, [R, d, d].
    """
    training = training.astype(float)
    means = training.mean(2)
    replicates, _, _, d = training.shape
    centre = means.mean(1, keepdims=True)
    within = (training - means[:, :, None]).reshape(replicates, -1, d)
    apart = means - centre
    ridge = RIDGE * (apart**2).sum((1, 2))[:, None, None] + np.finfo(float).tiny
    slopes = np.linalg.solve(covariance(within) + ridge * np.eye(d), apart.mT)
    return slopes, -((means + centre) / 2 * slopes.mT).sum(2)


def sample_covariance(within: np.ndarray) -> np.ndarray:
    """Covariance [R, d, d] of draws less their mean, [R, N, d]."""
    return within.mT @ within / within.shape[1]


def identity(within: np.ndarray) -> np.ndarray:
    """The identity [R, d, d], whatever the draws."""
    replicates, _, d = within.shape
    return np.broadcast_to(np.eye(d), (replicates, d, d))


def shrunk_covariance(within: np.ndarray) -> np.ndarray:
    """Ledoit and Wolf's estimate of the covariance, [R, d, d], of draws less their mean, [R, N, d].

    The sample covariance S, shrunk to a multiple of the identity, m·I with m = trace(S)/d, by min(b², a²)/a²:
    a² = ‖S − m·I‖² and b² = Σ ‖x xᵀ − S‖²/N², Σ over draws x.
    """
    n, d = within.shape[1:]
    sample = sample_covariance(within)
    target = sample.trace(axis1=1, axis2=2)[:, None, None] / d * np.eye(d)
    away = ((sample - target) ** 2).sum((1, 2))
    noise = (((within**2).sum(2) ** 2).sum(1) / n - (sample**2).sum((1, 2))) / n
    share = np.divide(np.minimum(noise, away), away, out=np.ones_like(away), where=away > 0)[:, None, None]
    return share * target + (1 - share) * sample


def excess_law(distance: float) -> tuple[float, float]:
    """c of the linear discriminant's excess error c/n, and n = 30/Δ², from which on it holds.

    distance: Δ of the means of two Gaussians, in standard deviations.
    """
    return float(distance * norm.pdf(distance / 2) / 8), ENOUGH / distance**2
