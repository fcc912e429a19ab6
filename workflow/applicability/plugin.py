"""The plug-in linear discriminant: the optimal rule of two Gaussians of one covariance, means and covariance estimated.

In one dimension its excess error is about c/n, c = Δφ(Δ/2)/8 with Δ the distance of the means in units of the scale:
half the second derivative of the error at the optimal threshold, times the variance scale²/(2n) of the midpoint of
two means.
"""

import numpy as np
from scipy.stats import norm

from applicability.exact import right
from applicability.task import parts
from applicability.truth import Truth

ENOUGH = 30  # n·Δ² from which on the excess error is about c/n; with fewer draws the groups come out swapped at times
RIDGE = 1e-9  # times the means' squared distance: keeps the covariance of a few draws invertible


def discriminant(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes [R, d] and thresholds [R] of training draws [R, 2, n, d]: x·slope > threshold names the second group."""
    draws = draws.astype(float)
    means = draws.mean(2)
    apart = means[:, 1] - means[:, 0]
    centred = (draws - means[:, :, None]).reshape(len(draws), -1, draws.shape[-1])
    covariance = centred.mT @ centred / centred.shape[1]
    ridge = RIDGE * (apart**2).sum(1)[:, None, None] + np.finfo(float).tiny
    slopes = np.linalg.solve(covariance + ridge * np.eye(draws.shape[-1]), apart[..., None])[..., 0]
    return slopes, (slopes * means.mean(1)).sum(1)


def accuracy(truth: Truth, training: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Accuracy [R] of the discriminant of training draws [R, 2, n, d]: exact in one dimension, else on draws
    [R, 2, m, d]."""
    slopes, thresholds = discriminant(training)
    if truth.dimension > 1:
        above = (draws @ slopes[:, None, :, None])[..., 0] > thresholds[:, None, None]
        return (1 - above[:, 0].mean(1) + above[:, 1].mean(1)) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        edges = np.where(slopes == 0, np.inf, thresholds[:, None] / slopes)
    rising = np.stack([slopes[:, 0] < 0, slopes[:, 0] > 0], axis=1).astype(int)
    return right(truth, edges, rising)


def excess_law(task: list, scale: float) -> tuple[float, float]:
    """c of the excess error c/n, and the n from which on it holds, n·Δ² = 30; NaN but for two Gaussians of one scale
    on a line."""
    (first, *more), (second, *_) = (coordinates for _, coordinates in task)
    (name, loc, factor, _), (other_name, other_loc, other_factor, _) = parts(first), parts(second)
    distance = abs(other_loc - loc) / (factor * scale)
    if more or name != "norm" or (name, factor) != (other_name, other_factor) or not distance:
        return float("nan"), float("nan")
    return float(distance * norm.pdf(distance / 2) / 8), ENOUGH / distance**2
