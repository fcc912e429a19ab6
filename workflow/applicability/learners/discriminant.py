"""Reference rules, which need no training: linear discriminants of the training draws.

The plug-in rule is linear discriminant analysis (LDA): means and covariance are estimated. With the true ones it is the
optimal rule of Gaussians of one covariance. Of two groups in one dimension its excess error is about c/n,
c = Δφ(Δ/2)/8, with Δ the distance of the means in units of the scale and φ the standard normal density: half the second
derivative of the error at the optimal threshold, times the variance scale²/(2n) of the midpoint of two means.
With G groups of n draws in d dimensions its error peaks where G·(n − 1) is about d: the estimated covariance has hardly
an inverse. Two rules have no such peak: nearest-mean takes a multiple of the identity, shrunk the estimate of
Ledoit and Wolf (A well-conditioned estimator for large-dimensional covariance matrices, 2004, section 3.3).
Of groups that are not alike in number all rules add the log of a group's weight, whatever the draws they saw.
Used by scores. May import study, randomness and logits.
"""

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

ENOUGH = 30  # least n·Δ² for an excess error of about c/n; with fewer draws the estimated means are swapped at times

RIDGE = 2e-9  # of the means' squared distance from their centre: makes the covariance of a few draws invertible


RULES = {"plugin": "plug-in", "nearest": "nearest-mean", "shrunk": "shrunk"}  # how columns begin -> name in tables


def reference_rules(
    training: np.ndarray, counts: list[int], weights: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The :func:`discriminant` of each of the RULES, on a line of one: there the rules are one.

    training: [R, N, d], training draws, group by group. counts: [G], draws of each group. weights: [G].
    """
    covariances = (sample_covariance, spherical_covariance, shrunk_covariance)[
        : len(RULES) if training.shape[-1] > 1 else 1
    ]
    return {rule: discriminant(training, counts, weights, each) for rule, each in zip(RULES, covariances, strict=False)}


def discriminant(
    training: np.ndarray, counts: list[int], weights: np.ndarray, covariance: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """A linear discriminant: slopes [R, d, G] and offsets [R, G]; largest x·slope + offset wins.

    training: [R, N, d], training draws, group by group.
    counts: [G], draws of each group.
    weights: [G], prior probabilities, of sum 1.
    covariance: function of draws less their group's mean [R, N, d] that returns the covariance taken, [R, d, d].
    """
    groups = np.split(training.astype(float), np.cumsum(counts)[:-1], axis=1)
    means = np.stack([group.mean(1) for group in groups], axis=1)
    centre = means.mean(1, keepdims=True)
    within = np.concatenate(groups, axis=1) - np.repeat(means, counts, axis=1)
    apart = means - centre
    ridge = RIDGE * (apart**2).sum((1, 2))[:, None, None] + np.finfo(float).tiny
    slopes = np.linalg.solve(covariance(within) + ridge * np.eye(means.shape[2]), apart.mT)
    return slopes, np.log(weights * len(counts)) - ((means + centre) / 2 * slopes.mT).sum(2)


def named_by(slopes: np.ndarray, offsets: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The groups [R, M] that a :func:`discriminant` names at places [R or 1, M, d]; ties: the first."""
    return (places @ slopes + offsets[:, None]).argmax(-1)


def sample_covariance(within: np.ndarray) -> np.ndarray:
    """Covariance [R, d, d] of draws less their mean, [R, N, d]."""
    return within.mT @ within / within.shape[1]


def spherical_covariance(within: np.ndarray) -> np.ndarray:
    """The mean variance of the coordinates times the identity, [R, d, d], of draws less their mean, [R, N, d]."""
    return (within**2).mean((1, 2))[:, None, None] * np.eye(within.shape[2])


def shrunk_covariance(within: np.ndarray) -> np.ndarray:
    """Ledoit and Wolf's estimate of the covariance, [R, d, d], of draws less their mean, [R, N, d].

    The sample covariance S, shrunk to a multiple of the identity, m·I with m = trace(S)/d, by min(b², a²)/a²:
    a² = ‖S − m·I‖² and b² = Σ ‖x xᵀ − S‖²/N², Σ over draws x.
    """
    n = within.shape[1]
    sample = sample_covariance(within)
    target = spherical_covariance(within)
    away = ((sample - target) ** 2).sum((1, 2))
    noise = (((within**2).sum(2) ** 2).sum(1) / n - (sample**2).sum((1, 2))) / n
    share = np.divide(np.minimum(noise, away), away, out=np.ones_like(away), where=away > 0)[:, None, None]
    return share * target + (1 - share) * sample


def excess_law(distance: float) -> tuple[float, float]:
    """c of the linear discriminant's excess error c/n, and n = 30/Δ², from which on it holds.

    distance: Δ of the means of two Gaussians, in standard deviations.
    """
    return float(distance * norm.pdf(distance / 2) / 8), ENOUGH / distance**2
