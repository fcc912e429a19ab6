"""A cell of a study: a (scale, n), and all that its draws depend on. May import errors."""

from dataclasses import dataclass, replace
from typing import Self

from applicability.study.canonical import Canonical
from applicability.study.task import OfTask

BALANCED = "balanced"  # as many training draws of each group; or shared by the weights


@dataclass(frozen=True)
class Cell(Canonical, OfTask):
    """One cell of a study, a (scale, n): everything that its draws depend on."""

    study: str
    seed: int
    task: list  # of [group, distributions], each a {name: parameters, times: k}; in the config's order
    scale: float
    n: int  # training draws per group; of unequal shares their mean
    test_draws: int  # per group
    replicates: int
    observe: dict | None = None  # the map by which networks see the draws: file, function, digest and dimension
    weights: list[float] | None = None  # [G], how likely the groups are in use, of sum 1; None: all alike
    training: str = BALANCED  # how the draws are shared by the groups

    @property
    def counts(self) -> list[int]:
        """Draws of each group, [G]: n of each, or as many in all, shared by the weights."""
        if self.training == BALANCED:
            return [self.n] * len(self.task)
        return shares_of(self.n * len(self.task), self.weights)

    def of_tests(self) -> Self:
        """The cell of the test draws, n of each group; it is the same for every n of this one."""
        return replace(self, n=self.test_draws, training=BALANCED)


def shares_of(total: int, weights: list[float]) -> list[int]:
    """A number of draws of G groups shared by their weights, at least one each: [G], nowhere fewer of a larger total.

    total: of all groups, G or more. weights: [G], of sum 1.
    Each draw goes to the group that has the fewest for its weight: the method of Webster and Sainte-Laguë.
    """
    behind = 2 * len(weights)  # draws by which a share by this method stays behind the exact one, at most
    counts = [max(1, int(total * weight) - behind) for weight in weights]
    for _ in range(total - sum(counts)):
        counts[max(range(len(weights)), key=lambda group: weights[group] / (2 * counts[group] + 1))] += 1
    return counts
