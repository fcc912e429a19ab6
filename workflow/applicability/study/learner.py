"""What a learner is. May import errors."""

from dataclasses import dataclass, replace
from typing import Self

from applicability.errors import InputError
from applicability.study.canonical import Canonical


@dataclass(frozen=True)
class Learner(Canonical):
    """A network and its training protocol, by name."""

    name: str
    hidden: list[int]  # widths of the hidden layers; none: logistic regression
    activation: str
    dropout: float  # probability that a hidden unit is dropped in a training step
    standardise: bool  # whether inputs are brought to mean 0 and standard deviation 1 of the training draws
    optimiser: dict  # {name: options}
    batch_size: int
    epochs: int | None = None  # the training budget: passes over the draws ...
    steps: int | None = None  # ... or SGD steps; exactly one of the two
    patience: int | None = None  # epochs without a lower loss on held-out draws after which it stops; None: it does not
    validation: float | None = None  # the share of the training draws that is held out for that

    def sizes(self, dimension: int, groups: int) -> list[int]:
        """Units of each layer of a network, its inputs first.

        dimension: number of inputs. groups: number of groups; two have one output, more have one each.
        """
        return [dimension, *self.hidden, groups if groups > 2 else 1]

    def total_steps(self, draws: int) -> int:
        """SGD steps of one training on `draws` draws, at most; short last batches count."""
        return self.steps if self.steps is not None else self.epochs * -(-draws // self.batch_size)

    def held_out(self, counts: list[int]) -> list[int]:
        """Of training draws of each group, [G], how many are held out: a share, one at least, all but one at most.

        Raises InputError where a group has but one.
        """
        if not self.patience:
            return [0] * len(counts)
        if min(counts) < 2:
            found = ", ".join(map(str, counts))
            text = f"expected at least 2 draws of each group, one of which {self.name} holds out; found {found}"
            raise InputError(text)
        return [min(max(1, round(self.validation * count)), count - 1) for count in counts]

    @property
    def budget(self) -> str:
        """The training budget in words."""
        if self.patience:
            return f"patience {self.patience:,} on {100 * self.validation:g} %, at most {self.epochs:,} epochs"
        return f"{self.epochs:,} epochs" if self.epochs else f"{self.steps:,} steps"

    @property
    def network(self) -> tuple:
        """The network without its training: hidden layers and, if there are any, their activation."""
        return tuple(self.hidden), self.activation if self.hidden else ""

    def without_budget(self) -> Self:
        """The learner without its name and its training budget."""
        return replace(self, name="", epochs=None, steps=None, patience=None, validation=None)

    def differs_in_budget(self, other: Self) -> bool:
        """Whether another learner equals this one but for name and training budget."""
        return self.without_budget() == other.without_budget()
