"""Densities, posterior and optimal rule of a task, from the groups' own distributions.

Used by learners, scores, figures and stages. May import study, randomness and logits.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import log_softmax

from applicability.logits import log_odds
from applicability.study.cell import Cell
from applicability.study.task import dimension, is_closed, is_known
from applicability.tasks.distributions import Univariate, at_scale

FLOOR = 1e300  # −FLOOR stands for log 0: a difference of two logs stays a number


@dataclass(frozen=True)
class Truth:
    """Distributions and prior probabilities of G groups.

    Where the densities are not `known`, only draws are: :meth:`span` and the groups' centres can be asked.
    """

    groups: list  # [G] of tasks.distributions
    dimension: int  # number of coordinates of a draw
    closed: bool  # whether every distribution is known in closed form
    known: bool  # whether every group has a known density
    scale: float
    weights: np.ndarray  # [G], prior probabilities, of sum 1

    @classmethod
    def of(cls, task: list, scale: float, weights: list[float] | None = None) -> Self:
        """The truth of a task at a scale.

        task: [group, distributions] for each group.
        scale: the grid's scale.
        weights: [G], prior probabilities up to a common factor; equal ones unless given.
        """
        weights = np.ones(len(task)) if weights is None else np.asarray(weights, float)
        groups = [at_scale(coordinates, scale) for _, coordinates in task]
        closed, known = (all(ask(coordinates) for _, coordinates in task) for ask in (is_closed, is_known))
        return cls(groups, dimension(task[0][1]), closed, known, scale, weights / weights.sum())

    @classmethod
    def of_cell(cls, cell: Cell) -> Self:
        """The truth of a cell: its task at its scale, with its weights."""
        return cls.of(cell.task, cell.scale, cell.weights)

    def of_coordinate(self, coordinate: int) -> Self:
        """The truth of one coordinate alone, by its index."""
        groups = [group.marginal(coordinate) for group in self.groups]
        closed = all(isinstance(each, Univariate) for group in groups for each in group.components())
        return replace(self, groups=groups, dimension=1, closed=closed)

    def alike(self) -> Self:
        """The truth with groups that are equally likely; itself where they are."""
        equal = np.full_like(self.weights, 1 / len(self.weights))
        return self if (self.weights == equal).all() else replace(self, weights=equal)

    @property
    def exact(self) -> bool:
        """Whether expectations are exact: see :attr:`applicability.study.task.OfTask.exact`."""
        return self.dimension == 1 and self.closed

    @property
    def entropy(self) -> float:
        """Entropy of the prior probabilities, in nat: ln 2 for two equally likely groups."""
        return float(-(self.weights * np.log(self.weights)).sum())

    def log_densities(self, x: np.ndarray) -> np.ndarray:
        """log p(x | group), [..., G], at x [..., d]."""
        return np.clip(np.stack([group.logpdf(x) for group in self.groups], axis=-1), -FLOOR, FLOOR)

    def log_joint(self, x: np.ndarray) -> np.ndarray:
        """log p(x, group), [..., G], at x [..., d]."""
        return self.log_densities(x) + np.log(self.weights)

    def log_posterior(self, x: np.ndarray) -> np.ndarray:
        """log p(group | x), [..., G], at x [..., d], by Bayes' rule."""
        return log_softmax(self.log_joint(x), axis=-1)

    def posterior(self, x: np.ndarray) -> np.ndarray:
        """p(group | x), [..., G], at x [..., d]."""
        return np.exp(self.log_posterior(x))

    def log_ratio(self, x: np.ndarray) -> np.ndarray:
        """log p(x | b) − log p(x | a), [...], of two groups a and b at x [..., d]."""
        first, second = np.moveaxis(self.log_densities(x), -1, 0)
        return second - first

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Log-odds ln p/(1 − p) of the posterior p, [..., K], at x [..., d].

        Of two groups K = 1, the second group's: the log-ratio, shifted by unequal weights. Of G > 2 groups K = G, each
        group's.
        """
        return log_odds(self.log_joint(x))

    def decide(self, x: np.ndarray) -> np.ndarray:
        """The optimal decision: the likeliest group's index, [...], at x [..., d]. Ties go to the first."""
        return self.log_joint(x).argmax(-1)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X ≤ x | group), [..., G], at x [...], of a task in one dimension."""
        return np.stack([group.cdf(x) for group in self.groups], axis=-1)

    def components(self) -> list[Univariate]:
        """The univariate distributions that the groups of a task in one dimension are made of."""
        return [each for group in self.groups for each in group.components()]

    def span(self, margin: float, coordinate: int = 0) -> tuple[float, float]:
        """The interval (low, high) of a coordinate that a picture shows.

        margin: scales shown below the lowest and above the highest location; more where 98 % of a component needs it.
        coordinate: its index.
        """
        components = self.of_coordinate(coordinate).components()
        lows, highs = zip(*(each.ends(margin, self.scale) for each in components), strict=True)
        return float(min(lows)), float(max(highs))


def of_named(posterior: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The posterior [...] of the group that a rule names, of all groups' [..., G] and its index [...]."""
    return np.take_along_axis(posterior, chosen[..., None], -1)[..., 0]
