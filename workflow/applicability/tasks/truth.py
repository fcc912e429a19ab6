"""The truth about a task: densities, posterior and the optimal decision, from the groups' own distributions."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import log_softmax

from applicability.logits import log_odds
from applicability.tasks.distributions import frozen, parts

FLOOR = 1e300  # a density of 0 has the log −FLOOR: differences of such logs stay numbers


@dataclass(frozen=True)
class Truth:
    """G groups with independent coordinates, and how likely each group is."""

    groups: list  # [G][d] frozen scipy.stats distributions
    locs: np.ndarray  # [G, d]
    scale: float
    weights: np.ndarray  # [G], of sum 1

    @classmethod
    def of(cls, task: list, scale: float, weights: list[float] | None = None) -> Self:
        """The truth of a cell's task at a scale; groups are equally likely unless `weights` say otherwise."""
        groups = [[frozen(coordinate, scale) for coordinate in coordinates] for _, coordinates in task]
        locs = np.array([[parts(coordinate)[1] for coordinate in coordinates] for _, coordinates in task])
        weights = np.ones(len(groups)) if weights is None else np.asarray(weights, float)
        return cls(groups, locs, scale, weights / weights.sum())

    @property
    def dimension(self) -> int:
        """Number of coordinates of a draw."""
        return len(self.groups[0])

    @property
    def entropy(self) -> float:
        """Entropy of the group, in nat: ln 2 for two that are equally likely."""
        return float(-(self.weights * np.log(self.weights)).sum())

    def log_densities(self, x: np.ndarray) -> np.ndarray:
        """log p(x | group), [..., G], at x [..., d]."""
        logs = [sum(each.logpdf(x[..., i]) for i, each in enumerate(group)) for group in self.groups]
        return np.clip(np.stack(logs, axis=-1), -FLOOR, FLOOR)

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
        """ln p/(1 − p) of the posterior p, [..., K], at x [..., d]: of the second of two groups (the log-ratio, shifted
        by unequal weights), K = 1; of more groups of each, K = G."""
        return log_odds(self.log_joint(x))

    def decide(self, x: np.ndarray) -> np.ndarray:
        """The likeliest group's index, [...], at x [..., d]: no rule is right more often. Ties go to the first."""
        return self.log_joint(x).argmax(-1)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        """P(X ≤ x | group), [..., G], at x [...] of a task in one dimension."""
        return np.stack([group[0].cdf(x) for group in self.groups], axis=-1)

    def span(self, margin: float, coordinate: int = 0) -> tuple[float, float]:
        """What a picture of a coordinate shows: from `margin` scales below the lowest location to as many above the
        highest, wider where 98 % of a group needs it."""
        locs = self.locs[:, coordinate]
        central = [group[coordinate].ppf(share) for group in self.groups for share in (0.01, 0.99)]
        low, high = locs.min() - margin * self.scale, locs.max() + margin * self.scale
        return float(min(low, *central)), float(max(high, *central))


def right(truth: Truth, edges: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Probability [R] that the rule of :func:`regions` names the right group, from the groups' cdf."""
    ends = np.pad(edges, ((0, 0), (1, 1)), constant_values=((0, 0), (-np.inf, np.inf)))
    masses = np.diff(truth.cdf(ends), axis=1) * truth.weights  # [R, K + 1, G]
    chosen = np.take_along_axis(masses, labels[..., None], 2)[..., 0]
    return chosen.cumsum(1)[:, -1]  # one by one: a sum in blocks would depend on the longest row of the stack
