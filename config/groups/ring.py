"""A group of one's own: a ring in the plane."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


class Ring:
    """Draws at a uniform angle, their distance from the centre Gaussian about the radius; the scale is its width."""

    def __init__(self, scale, radius):
        self.distance = norm(radius, scale)

    def rvs(self, size, rng):
        angle, distance = rng.uniform(0, 2 * np.pi, size), self.distance.rvs(size, random_state=rng)
        return np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=-1)

    def logpdf(self, x):
        r = np.hypot(x[:, 0], x[:, 1])  # of draws at a distance r, and at −r in the opposite direction
        return logsumexp([self.distance.logpdf(r), self.distance.logpdf(-r)], axis=0) - np.log(2 * np.pi * r)
