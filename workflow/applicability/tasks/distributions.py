"""A task gives each group a scipy.stats distribution for each coordinate.

A distribution is `{name: parameters}`. Its parameter `scale`, 1 unless given, is multiplied by the grid's scale.
Used by tasks, scores and report. May import study, randomness and logits.
"""

import math

import numpy as np
from scipy import stats

BLOCK = 1000  # draws per call of rvs


def frozen(distribution: dict, scale: float):
    """The scipy distribution of `{name: parameters}` at a scale, for densities and cdf."""
    name, loc, factor, shapes = parts(distribution)
    return getattr(stats, name)(**shapes, loc=loc, scale=factor * scale)


def parts(distribution: dict) -> tuple[str, float, float, dict]:
    """Name, location, scale factor and shape parameters of `{name: parameters}`."""
    [(name, parameters)] = distribution.items()
    shapes = {key: value for key, value in parameters.items() if key not in ("loc", "scale")}
    return name, parameters.get("loc", 0.0), parameters.get("scale", 1.0), shapes


def draws(group: list[dict], scale: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """n random draws of a group, [n, d] in float32: x = loc + factor·scale·z.

    z, a draw at loc 0 and scale 1, depends neither on the scale nor on n: blocks of fixed size make the draws of
    n = 100 the first of n = 1,000.
    (Some distributions, such as skewnorm, use several arrays of random numbers a call.) The networks compute in
    float32: the optimal rule judges the very numbers that the networks saw.
    """
    blocks = [np.stack([standard(coordinate, rng) for coordinate in group], axis=-1) for _ in range(-(-n // BLOCK))]
    loc, factor = (np.array([parts(coordinate)[part] for coordinate in group]) for part in (1, 2))
    return (loc + factor * scale * np.concatenate(blocks)[:n]).astype(np.float32)


def standard(distribution: dict, rng: np.random.Generator) -> np.ndarray:
    """One block of draws at loc 0 and scale 1."""
    name, _, _, shapes = parts(distribution)
    return getattr(stats, name).rvs(**shapes, size=BLOCK, random_state=rng)


def on_a_line(task: list) -> list | None:
    """A task in one dimension whose log-odds have the same distribution as a task's; None where none is known.

    task: [group, distributions] for each group.

    What is best possible is then the same. Coordinates in which all groups are alike tell nothing and are left out. Of
    two Gaussians of one covariance the line through their means tells all (Hastie, Tibshirani and Friedman, The
    Elements of Statistical Learning, section 4.3).
    """
    groups, coordinates = zip(*task, strict=True)
    telling = [each for each in zip(*coordinates, strict=True) if any(parts(one) != parts(each[0]) for one in each)]
    if len(telling) > 1 and not math.isnan(distance := gaussian_distance(task)):
        telling = [[{"norm": {"loc": loc}} for loc in (0.0, distance)]]
    telling = telling or [[one for one, *_ in coordinates]]
    return [[group, [one]] for group, one in zip(groups, telling[0], strict=True)] if len(telling) == 1 else None


def gaussian_distance(task: list) -> float:
    """Distance Δ of the means of two Gaussians at scale 1, in standard deviations.

    task: [group, distributions] for each group.

    Returns NaN for any task but two Gaussians whose coordinates have one scale in both.
    """
    pairs = [[parts(one) for one in each] for each in zip(*(coordinates for _, coordinates in task), strict=True)]
    if any(
        len(pair) > 2 or {(name, factor) for name, _, factor, _ in pair} != {("norm", pair[0][2])} for pair in pairs
    ):
        return math.nan
    return math.hypot(*((second - first) / factor for (_, first, factor, _), (_, second, *_) in pairs)) or math.nan


def in_words(distribution: dict) -> str:
    """A distribution at scale 1 as a call of scipy.stats: `norm(loc=1)`.

    distribution: `{name: parameters}`.
    """
    [(name, parameters)] = distribution.items()
    return f"{name}({', '.join(f'{key}={float(value):g}' for key, value in parameters.items())})"
