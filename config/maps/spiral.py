"""Maps of a line into more coordinates, without noise: nothing is lost, and all of it is harder to see."""

import numpy as np

FREQUENCIES = np.geomspace(0.1, 3, 50)  # of waves; the longest, of length 63, tells all places from each other


def spiral(z):
    """A place on a line, on a spiral in the plane: the angle is 2z, the radius exp(z/4)."""
    return np.exp(z / 4) * np.concatenate([np.cos(2 * z), np.sin(2 * z)], axis=1)


def waves(z):
    """A place on a line, as 100 coordinates: cosine and sine of 50 waves."""
    return np.concatenate([np.cos(z * FREQUENCIES), np.sin(z * FREQUENCIES)], axis=1)
