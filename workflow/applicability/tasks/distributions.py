"""A task: for each group a scipy.stats distribution per coordinate, whose scale the grid sets.

A distribution is `{name: parameters}`. Its `scale`, 1 unless given, is a factor on the grid's.
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
    """n draws of a group, [n, d] in float32: x = loc + factor·scale·z, with z independent of scale and n.

    Drawn in blocks of fixed size, so that the draws of n = 100 are the first of n = 1,000 whatever the distribution
    (some, such as skewnorm, use several arrays of random numbers a call). float32 is what the networks compute in:
    the optimal rule then judges the very numbers that the network saw.
    """
    blocks = [np.stack([standard(coordinate, rng) for coordinate in group], axis=-1) for _ in range(-(-n // BLOCK))]
    loc, factor = (np.array([parts(coordinate)[part] for coordinate in group]) for part in (1, 2))
    return (loc + factor * scale * np.concatenate(blocks)[:n]).astype(np.float32)


def standard(distribution: dict, rng: np.random.Generator) -> np.ndarray:
    """One block of draws at loc 0 and scale 1."""
    name, _, _, shapes = parts(distribution)
    return getattr(stats, name).rvs(**shapes, size=BLOCK, random_state=rng)


def gaussian_distance(task: list, scale: float) -> float:
    """Distance of the means in standard deviations, of two Gaussians of one scale on a line; NaN of any other task."""
    (_, [first, *more]), (_, [second, *_]), *others = task
    (name, loc, factor, _), (other_name, other_loc, other_factor, _) = parts(first), parts(second)
    if more or others or name != "norm" or (name, factor) != (other_name, other_factor) or loc == other_loc:
        return math.nan
    return abs(other_loc - loc) / (factor * scale)


def in_words(distribution: dict) -> str:
    """A distribution at scale 1 as scipy.stats would be asked for it: `norm(loc=1)`."""
    [(name, parameters)] = distribution.items()
    return f"{name}({', '.join(f'{key}={float(value):g}' for key, value in parameters.items())})"
