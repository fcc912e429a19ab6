"""The kinds of learner: a network of this library, one of the user's own, a classifier of scikit-learn.

A study names each with the options of its kind; learners/ has what trains them. May import errors.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Self

from applicability.errors import InputError
from applicability.study.canonical import Canonical


@dataclass(frozen=True, kw_only=True)
class Learner(Canonical, ABC):
    """A model and how it is trained, by name: what its kinds share."""

    name: str
    standardise: bool  # whether inputs are brought to mean 0 and standard deviation 1 of the training draws

    kind: ClassVar[str]  # in words
    budget: ClassVar[str] = ""  # the training budget in words; kinds without steps have none
    losses: ClassVar[bool] = False  # whether it is trained step by step, and has a history of losses
    probabilities: ClassVar[bool] = True  # whether it gives probabilities of the groups, not the groups alone

    @classmethod
    def of(cls, options: Mapping) -> "Learner":
        """A learner of the kind that its options name."""
        return kind_of_learner(options)(**options)

    @property
    @abstractmethod
    def model(self) -> tuple:
        """What is trained, without its training: learners of equal models differ in training alone."""

    @property
    def linear(self) -> bool:
        """Whether its log-odds are linear in the inputs, as those of the reference rules."""
        return self.model == LINEAR

    @property
    def paced(self) -> bool:
        """Whether as many steps, or none to count, are the same training for any n."""
        return True

    def differs_in_budget(self, other: Self) -> bool:
        """Whether another learner equals this one but for name and training budget."""
        return False


LINEAR = (), ""  # the model of a network without hidden layers


@dataclass(frozen=True, kw_only=True)
class Trained(Learner):
    """A network that is trained by gradients: its training protocol."""

    optimiser: dict  # {name: options}
    batch_size: int
    epochs: int | None = None  # the training budget: passes over the draws ...
    steps: int | None = None  # ... or SGD steps; exactly one of the two
    patience: int | None = None  # epochs without a lower loss on held-out draws after which it stops; None: it does not
    validation: float | None = None  # the share of the training draws that is held out for that

    losses: ClassVar[bool] = True

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
    def paced(self) -> bool:
        """Of one that stops early other draws take other steps."""
        return not self.patience

    def without_budget(self) -> Self:
        """The learner without its name and its training budget."""
        return replace(self, name="", epochs=None, steps=None, patience=None, validation=None)

    def differs_in_budget(self, other: Learner) -> bool:
        """Whether another learner equals this one but for name and training budget."""
        return isinstance(other, Trained) and self.without_budget() == other.without_budget()


@dataclass(frozen=True, kw_only=True)
class Network(Trained):
    """A multilayer perceptron, whose replicates are trained stacked."""

    hidden: list[int]  # widths of the hidden layers; none: logistic regression
    activation: str
    dropout: float  # probability that a hidden unit is dropped in a training step

    kind: ClassVar[str] = "a network of this library"

    def sizes(self, inputs: int, groups: int) -> list[int]:
        """Units of each layer, its inputs first."""
        return [inputs, *self.hidden, outputs_of(groups)]

    def weights(self, inputs: int, groups: int) -> int:
        """The number of weights, without biases."""
        return sum(above * below for above, below in pairwise(self.sizes(inputs, groups)))

    def units(self, inputs: int, groups: int) -> int:
        """The number of values that a step keeps of a draw."""
        return sum(self.sizes(inputs, groups)[1:])

    @property
    def model(self) -> tuple:
        """Hidden layers and, if there are any, their activation."""
        return tuple(self.hidden), self.activation if self.hidden else ""


@dataclass(frozen=True, kw_only=True)
class OwnNetwork(Trained):
    """A network of the user's own: a factory of `nn.Module` in a Python file."""

    # file, name and arguments of the factory, digest of the file, and what was found of it: see learners/own_tried.py
    python: dict

    kind: ClassVar[str] = "a network of a Python file"

    def weights(self, inputs: int, groups: int) -> int:
        """The number of parameters, which was found for the inputs and groups of the study."""
        return self.python["weights"]

    def units(self, inputs: int, groups: int) -> int:
        """The number of values that a step keeps of a draw."""
        return self.python["units"]

    @property
    def model(self) -> tuple:
        """File, factory and arguments; where the log-odds are linear, that."""
        if self.python["linear"]:
            return LINEAR
        return self.python["file"], self.python["digest"], self.python["name"], in_order(self.python["parameters"])


@dataclass(frozen=True, kw_only=True)
class Estimator(Learner):
    """A classifier of scikit-learn."""

    # class, as ensemble.RandomForestClassifier, and options; what was found of it: see learners/estimators.py
    sklearn: dict

    kind: ClassVar[str] = "a classifier of scikit-learn"

    @property
    def trees(self) -> int:
        """How many models it has within."""
        return self.sklearn["trees"]

    @property
    def pairs(self) -> bool:
        """Whether it keeps a number for each pair of draws."""
        return self.sklearn["pairs"]

    @property
    def probabilities(self) -> bool:
        """Whether it has `predict_proba`; else its `decision_function` alone is asked."""
        return self.sklearn["says"] != "decisions"

    @property
    def paced(self) -> bool:
        """Not where its budget is passes over the draws."""
        return not self.sklearn["passes"]

    @property
    def model(self) -> tuple:
        """Class and options, and whether inputs are scaled, as distances are; where the log-odds are linear, that."""
        own = self.sklearn["class"], in_order(self.sklearn["parameters"]), self.standardise
        return LINEAR if self.sklearn["linear"] else own


def kind_of_learner(options: Mapping) -> type[Learner]:
    """The kind of learner that options name."""
    return OwnNetwork if "python" in options else Estimator if "sklearn" in options else Network


def in_order(options: Mapping) -> str:
    """Options as a text that does not depend on their order."""
    return json.dumps(options, sort_keys=True)


def outputs_of(groups: int) -> int:
    """Outputs of a network: of two groups one, of more one each."""
    return groups if groups > 2 else 1
