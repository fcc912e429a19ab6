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


def gaussian_distance(task: list, scale: float) -> float:
    """Distance of the means of two Gaussians on a line, in standard deviations.

    task: [group, distributions] for each group.
    scale: the grid's scale.

    Returns NaN for any task but two Gaussians of one scale in one dimension.
    """
    (_, [first, *more]), (_, [second, *_]), *others = task
    (name, loc, factor, _), (other_name, other_loc, other_factor, _) = parts(first), parts(second)
    if more or others or name != "norm" or (name, factor) != (other_name, other_factor) or loc == other_loc:
        return math.nan
    return abs(other_loc - loc) / (factor * scale)


def in_words(distribution: dict) -> str:
    """A distribution at scale 1 as a call of scipy.stats: `norm(loc=1)`.

    distribution: `{name: parameters}`.
    """
    [(name, parameters)] = distribution.items()
    return f"{name}({', '.join(f'{key}={float(value):g}' for key, value in parameters.items())})"
