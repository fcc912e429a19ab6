"""A task: for each group a scipy.stats distribution per coordinate, whose scale the grid sets."""

import numpy as np
from scipy import stats

BLOCK = 1000  # draws per call of rvs


def frozen(distribution: dict, scale: float):
    """The scipy distribution of `{name: parameters}` at a scale, for densities and cdf."""
    [(name, parameters)] = distribution.items()
    return getattr(stats, name)(**parameters, scale=scale)


def draws(group: list[dict], scale: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """n draws of a group, [n, d] in float32: x = loc + scale·z, with z independent of scale and n.

    Drawn in blocks of fixed size, so that the draws of n = 100 are the first of n = 1,000 whatever the distribution
    (some, such as skewnorm, use several arrays of random numbers a call). float32 is what the networks compute in:
    the optimal rule then judges the very numbers that the network saw.
    """
    blocks = [np.stack([standard(coordinate, rng) for coordinate in group], axis=-1) for _ in range(-(-n // BLOCK))]
    loc = np.array([coordinate_loc(coordinate) for coordinate in group])
    return (loc + scale * np.concatenate(blocks)[:n]).astype(np.float32)


def standard(distribution: dict, rng: np.random.Generator) -> np.ndarray:
    """One block of draws at loc 0 and scale 1."""
    [(name, parameters)] = distribution.items()
    shapes = {key: value for key, value in parameters.items() if key != "loc"}
    return getattr(stats, name).rvs(**shapes, size=BLOCK, random_state=rng)


def coordinate_loc(distribution: dict) -> float:
    """The location parameter of `{name: parameters}`."""
    [parameters] = distribution.values()
    return parameters.get("loc", 0.0)
