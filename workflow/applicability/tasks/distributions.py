"""The distribution of a group at a scale: one scipy.stats distribution, or several put together.

A group of a task is a list of distributions, independent of each other. Each is `{name: parameters}`, of one coordinate
or of several, as often as its key `times` says. The grid's scale multiplies the width of every one and moves none.

Each class has `block`, draws [BLOCK, d] at a stream's next place; `logpdf`, log-densities [...] at places [..., d];
`marginal`, the distribution of one coordinate; and `centres` [C, d], the locations of its components. On a line each
also has `cdf` and `components`, the univariate distributions that it is made of; these have `ends`, between which a
picture shows them, with a margin in units of the scale.
Used by tasks, scores and report. May import study, randomness and logits.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Self

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from applicability.randomness import BLOCK
from applicability.study.task import kind_of, one_by_one, width
from applicability.tasks.own import Own
from applicability.tasks.table import Rows


@dataclass(frozen=True)
class Univariate:
    """A scipy.stats distribution of one coordinate. x = loc + width·z with draws z at loc 0 and width 1."""

    name: str
    shapes: dict
    loc: float
    width: float

    @cached_property
    def law(self):
        return getattr(stats, self.name)(**self.shapes, loc=self.loc, scale=self.width)

    def block(self, rng: np.random.Generator) -> np.ndarray:
        z = getattr(stats, self.name).rvs(**self.shapes, size=BLOCK, random_state=rng)
        return (self.loc + self.width * z)[:, None]

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        return self.law.logpdf(x[..., 0])

    def cdf(self, x: np.ndarray) -> np.ndarray:
        return self.law.cdf(x)

    def ends(self, margin: float, scale: float) -> tuple[float, float]:
        low, high = self.law.ppf([0.01, 0.99])
        return min(self.loc - margin * scale, low), max(self.loc + margin * scale, high)

    def components(self) -> list[Self]:
        return [self]

    def marginal(self, coordinate: int) -> Self:
        return self

    @property
    def centres(self) -> np.ndarray:
        return np.array([[self.loc]])


@dataclass(frozen=True)
class Elliptical:
    """A multivariate Gaussian or Student's t: x = loc + scale·z with draws z of the given matrix about 0."""

    name: str
    loc: np.ndarray  # [d]
    matrix: np.ndarray  # [d, d], at scale 1: the covariance of a Gaussian, the shape of t
    shapes: dict  # df of t
    scale: float

    @cached_property
    def law(self):
        return getattr(stats, self.name)(self.loc, self.scale**2 * self.matrix, **self.shapes)

    @cached_property
    def factor(self) -> np.ndarray:
        return np.linalg.cholesky(self.matrix)  # scipy's draws take an SVD, whose basis differs from CPU to CPU

    def block(self, rng: np.random.Generator) -> np.ndarray:
        z = rng.standard_normal((BLOCK, len(self.loc))) @ self.factor.T
        for df in self.shapes.values():
            z /= np.sqrt(rng.chisquare(df, (BLOCK, 1)) / df)
        return self.loc + self.scale * z

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        return self.law.logpdf(x).reshape(x.shape[:-1])  # scipy drops axes of length 1

    def marginal(self, coordinate: int) -> Univariate:
        name = {"multivariate_normal": "norm", "multivariate_t": "t"}[self.name]
        width = self.scale * np.sqrt(self.matrix[coordinate, coordinate])
        return Univariate(name, self.shapes, self.loc[coordinate], width)

    @property
    def centres(self) -> np.ndarray:
        return self.loc[None]


@dataclass(frozen=True)
class Mixture:
    """Each draw is one of a component, which is drawn by its weight."""

    weights: np.ndarray  # [C], of sum 1
    of: list  # the components' distributions

    def block(self, rng: np.random.Generator) -> np.ndarray:
        chosen = rng.choice(len(self.of), size=BLOCK, p=self.weights)
        return np.stack([each.block(rng) for each in self.of])[chosen, np.arange(BLOCK)]

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        logs = np.stack([each.logpdf(x) for each in self.of], axis=-1)
        return logsumexp(logs + np.log(self.weights), axis=-1)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        return sum(weight * each.cdf(x) for weight, each in zip(self.weights, self.of, strict=True))

    def components(self) -> list[Univariate]:
        return [one for each in self.of for one in each.components()]

    def marginal(self, coordinate: int) -> Self:
        return Mixture(self.weights, [each.marginal(coordinate) for each in self.of])

    @property
    def centres(self) -> np.ndarray:
        return np.concatenate([each.centres for each in self.of])


@dataclass(frozen=True)
class Product:
    """Independent distributions, each of the next coordinates."""

    of: list
    widths: list[int]  # number of coordinates of each

    def block(self, rng: np.random.Generator) -> np.ndarray:
        return np.concatenate([each.block(rng) for each in self.of], axis=-1)

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        parts = np.split(x, np.cumsum(self.widths)[:-1], axis=-1)
        return sum(each.logpdf(part) for each, part in zip(self.of, parts, strict=True))

    def marginal(self, coordinate: int) -> Univariate | Mixture:
        ends = np.cumsum(self.widths)
        which = int(np.searchsorted(ends, coordinate, side="right"))
        return self.of[which].marginal(coordinate - (ends[which] - self.widths[which]))

    @property
    def centres(self) -> np.ndarray:
        return np.array([np.concatenate(each) for each in product(*(one.centres for one in self.of))])


def at_scale(coordinates: list[dict], scale: float) -> Univariate | Elliptical | Mixture | Product | Own | Rows:
    """The distribution of a group at a scale.

    coordinates: the group's distributions, as a task has them.
    """
    entries = one_by_one(coordinates)
    ones, widths = [one_at_scale(*kind_of(entry), scale) for entry in entries], [*map(width, entries)]
    return Product(ones, widths) if len(ones) > 1 else ones[0]


def one_at_scale(name: str, parameters, scale: float) -> Univariate | Elliptical | Mixture | Own | Rows:
    """A distribution at a scale, by its name and parameters."""
    match name, parameters:
        case "python", described:
            return Own.at_scale(described, scale)
        case "table", described:
            return Rows.at_scale(described, scale)
        case "mixture", components:
            weights = np.array([each.get("weight", 1.0) for each in components])
            return Mixture(weights / weights.sum(), [at_scale(each["coordinates"], scale) for each in components])
        case _, {"mean": mean, "cov": cov}:
            return Elliptical(name, np.array(mean), np.array(cov), {}, scale)
        case _, {"loc": loc, "shape": shape, "df": df}:
            return Elliptical(name, np.array(loc), np.array(shape), {"df": df}, scale)
    loc, width, shapes = parts(parameters)
    return Univariate(name, shapes, loc, width * scale)


def parts(parameters: dict) -> tuple[float, float, dict]:
    """Location, factor on the grid's scale, and shapes of a univariate distribution."""
    shapes = {key: value for key, value in parameters.items() if key not in ("loc", "scale")}
    return parameters.get("loc", 0.0), parameters.get("scale", 1.0), shapes


def draws(distribution, n: int, rng: np.random.Generator) -> np.ndarray:
    """n random draws of a group's distribution, [n, d] in float32.

    Blocks of fixed size make the draws of n = 100 the first of n = 1,000; z, the draws about 0 at scale 1, do not
    depend on the scale. (Some distributions, such as skewnorm, use several arrays of random numbers a call.) The
    networks compute in float32: the optimal rule judges the very numbers that the networks saw.
    """
    return np.concatenate([distribution.block(rng) for _ in range(-(-n // BLOCK))])[:n].astype(np.float32)
