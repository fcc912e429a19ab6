"""Simpler tasks: on a line, where what is best possible is known exactly.

Used by scores. May import study, randomness and logits.
"""

import math

import numpy as np

from applicability.study.task import is_closed, kind_of, one_by_one, width


def on_a_line(task: list) -> list | None:
    """A task in one dimension whose log-odds have the same distribution as a task's; None where none is known.

    task: [group, distributions] for each group.

    What is best possible is then the same. Distributions that all groups share tell nothing and are left out. Of two
    Gaussians of one covariance the line through their means tells all (Hastie, Tibshirani and Friedman, The Elements of
    Statistical Learning, section 4.3).
    """
    groups = [group for group, _ in task]
    telling = [[one for _, one in each] for each in differing([placed(coordinates) for _, coordinates in task])]
    if not any(telling):
        return [[group, [{"norm": {}}]] for group in groups]
    if all(len(each) == 1 and width(each[0]) == 1 and is_closed(each) for each in telling):
        return [[group, each] for group, each in zip(groups, telling, strict=True)]
    if not math.isnan(distance := gaussian_distance([*zip(groups, telling, strict=True)])):
        return [[group, [{"norm": {"loc": loc}}]] for group, loc in zip(groups, (0.0, distance), strict=True)]
    return None


def differing(groups: list[list[tuple]]) -> list[list[tuple]]:
    """What groups, each as :func:`placed`, do not all have at the same coordinates."""
    shared = [each for each in groups[0] if all(each in group for group in groups)]
    return [[each for each in group if each not in shared] for group in groups]


def placed(coordinates: list[dict]) -> list[tuple[int, dict]]:
    """A group's distributions one by one, each with its first coordinate and its defaults filled in."""
    found, first = [], 0
    for entry in one_by_one(coordinates):
        name, parameters = kind_of(entry)
        univariate = width(entry) == 1 and name not in ("mixture", "python", "table")
        found.append((first, {name: {"loc": 0.0, "scale": 1.0} | parameters if univariate else parameters}))
        first += width(entry)
    return found


def gaussian_distance(task: list) -> float:
    """Distance Δ of the means of two Gaussians at scale 1, in standard deviations: Δ² = δᵀΣ⁻¹δ.

    task: [group, distributions] for each group.

    Returns NaN for any task but two Gaussians of one covariance Σ, and where their difference δ is 0.
    """
    if len(task) != 2:
        return math.nan
    one, other = (placed(coordinates) for _, coordinates in task)
    if [first for first, _ in one] != [first for first, _ in other]:
        return math.nan
    return math.hypot(*(distance_of(a, b) for (_, a), (_, b) in zip(one, other, strict=True))) or math.nan


def distance_of(one: dict, other: dict) -> float:
    """The :func:`gaussian_distance` of two distributions; NaN where they are not Gaussians of one covariance."""
    match kind_of(one), kind_of(other):
        case ("norm", {"loc": first, "scale": sd}), ("norm", {"loc": second, "scale": same}) if sd == same:
            return (second - first) / sd
        case ("multivariate_normal", first), ("multivariate_normal", second) if first["cov"] == second["cov"]:
            apart = np.subtract(second["mean"], first["mean"])
            return float(np.sqrt(apart @ np.linalg.solve(first["cov"], apart)))
    return math.nan
