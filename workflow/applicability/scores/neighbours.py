"""Bounds of the best possible accuracy from draws alone, by the error of the nearest neighbour rule.

Source: Cover and Hart, Nearest neighbor pattern classification, IEEE Transactions on Information Theory 13, 1967.
Used by the stage optimum. May import learners, tasks, storage, study, logits and errors.
"""

import math

import numpy as np
from scipy.special import betaincinv

SIDE = 0.025  # probability that an error rate lies beyond either end of its interval

PAIRS = 2**20  # distances at a time: 8 MB

ROUNDINGS = 4  # units of rounding by which two equal distances differ at most


def bounds_of(draws: np.ndarray, counts: list[int]) -> dict[str, float]:
    """Bounds of the best possible accuracy on G groups that are as likely as there are draws of each.

    draws: [N, d], finite, group by group, of two groups or more. Distances are equal where they differ by no more than
    rounding to the type of draws explains. counts: [G], draws of each group.

    Returns neighbour_error R: the leave-one-out error of the nearest neighbour rule, see :func:`expected_errors`;
    neighbour_error_low and neighbour_error_high: the 95 % interval of R by Clopper and Pearson, as if errors were
    independent; accuracy_lower_bound, 1 − neighbour_error_high; and accuracy_upper_bound, 1 − :func:`least_error` of
    neighbour_error_low.

    The interval is approximate. Draws share neighbours, two are often nearest to each other, and their errors are then
    one: the interval covered the mean of R in 87 to 93 % of 1,000 sets of draws of Gaussians, least in few dimensions.

    The accuracies bound the best possible one in the limit of infinitely many draws only. Of finitely many, R is
    usually larger than its limit, the more the higher the dimension: accuracy_upper_bound can then lie below what is
    possible, and accuracy_lower_bound far below (benchmarks/bounds.py).
    """
    groups, total = len(counts), len(draws)
    errors = expected_errors(draws, counts)
    low, high = error_interval(errors, total)
    return {
        "neighbour_error": errors / total,
        "neighbour_error_low": low,
        "neighbour_error_high": high,
        "accuracy_lower_bound": 1 - high,
        "accuracy_upper_bound": 1 - least_error(low, groups),
    }


def least_error(error: float, groups: int) -> float:
    """The least Bayes error E with which the nearest neighbour rule can have an error R in the limit.

    error: R.
    groups: their number G.

    Cover and Hart: R ≤ E·(2 − E·G/(G − 1)), solved for E. E is (G − 1)/G, the error of guessing, where R is above it.
    """
    guessing = (groups - 1) / groups
    return guessing * (1 - math.sqrt(max(0.0, 1 - error / guessing)))


def error_interval(errors: float, total: int) -> tuple[float, float]:
    """Two-sided 95 % interval of an error rate: Clopper and Pearson, 1934, their beta quantiles at a fraction too.

    errors: expected number of errors, any real number from 0 to total.
    """
    low = betaincinv(errors, total - errors + 1, SIDE) if errors > 0 else 0.0
    high = betaincinv(errors + 1, total - errors, 1 - SIDE) if errors < total else 1.0
    return float(low), float(high)


def expected_errors(draws: np.ndarray, counts: list[int]) -> float:
    """How many of draws [N, d], counts [G] of each group, have a nearest neighbour of another group, among all others.

    Distances are Euclidean, each coordinate divided by its standard deviation within the groups: one over all draws
    would shorten the very coordinates that tell the groups apart. Of several nearest neighbours one is taken by chance,
    and the expected number of errors given: the order of draws does not matter.
    """
    points, counts, norms = distinct_points(draws, counts)
    precision = draws.dtype if np.issubdtype(draws.dtype, np.floating) else float
    nearest = nearest_groups(points, counts, norms, ROUNDINGS * float(np.finfo(precision).eps))
    every = nearest.sum(1)
    others = every - (counts.sum(1) > 1)  # a draw is among those nearest to it where it has copies
    errors = counts * ((every[:, None] - nearest) / others[:, None])
    return math.fsum(errors.flat)  # exact, whatever the order


def nearest_groups(points: np.ndarray, counts: np.ndarray, norms: np.ndarray, rounding: float) -> np.ndarray:
    """Draws of each group at the places nearest to each place, [U, G]: at the place itself if there are several.

    points, counts, norms: the :func:`distinct_points`.
    rounding: of coordinates, relative.

    A product of matrices gives squared distances fast, but cancels. It leaves a few places that may be nearest, whose
    distances are then taken by differences.
    """
    slack = 4 * (points.shape[1] + 4) * np.finfo(float).eps  # relative error of squares and of products
    mirrored, squares, alone = -2 * points.T, (1 - slack) * (points**2).sum(1), counts.sum(1) == 1
    step, found = max(1, PAIRS // len(points)), []
    for first in range(0, len(points), step):
        here = np.arange(first, min(first + step, len(points)))
        low = points[here] @ mirrored
        low += squares  # a squared distance is low + squares[here] at least
        single = here[alone[here]]
        low[single - first, single] = np.inf  # no draw is its own neighbour
        near = np.sqrt(((points[here] - points[low.argmin(1)]) ** 2).sum(1))
        reach = near + rounding * (norms[here] + near)
        one, other = (low <= ((1 + slack) * reach**2 - squares[here])[:, None]).nonzero()
        starts = np.searchsorted(one, np.arange(len(here)))
        distances = pair_distances(points, here[one], other)
        least = np.minimum.reduceat(distances, starts)
        tied = distances <= (least + rounding * (norms[here] + least))[one]
        found.append(np.add.reduceat(counts[other] * tied[:, None], starts))
    return np.concatenate(found)


def distinct_points(draws: np.ndarray, counts: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places of draws [N, d], counts [G] of each group, without equal ones, each coordinate in its standard deviations.

    Returns places from the median, [U, d]; the number of draws of each group there, [U, G]; and their distances from 0,
    [U], by which coordinates are rounded. Constant coordinates are left out.
    """
    rows = draws.astype(float)
    ordered = np.sort(rows, axis=0)  # moments that do not depend on the order of draws
    varies = ordered[0] < ordered[-1]
    centre = ordered[len(rows) // 2, varies]
    told = [np.sort(group, axis=0) for group in np.split(rows[:, varies], np.cumsum(counts)[:-1])]
    within = np.sqrt(np.sort([group.var(0) for group in told], axis=0).mean(0))
    differs = np.any([group[0] < group[-1] for group in told], axis=0)
    sd = np.where(differs, within, ordered[:, varies].std(0))  # or constant in each group
    points, place = np.unique((rows[:, varies] - centre) / sd, axis=0, return_inverse=True)
    found = np.zeros((len(points), len(counts)), int)
    np.add.at(found, (place.ravel(), np.repeat(np.arange(len(counts)), counts)), 1)
    return points, found, np.linalg.norm(points + centre / sd, axis=1)


def pair_distances(points: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Euclidean distances [P] of pairs of points [U, d], by their indices [P] and [P]; the same both ways."""
    squares = np.zeros(len(one))
    for column in points.T:
        squares += (column[one] - column[other]) ** 2
    return np.sqrt(squares)
