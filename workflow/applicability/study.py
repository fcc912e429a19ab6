"""What a study is made of: task and grid, learners, replicates.

Every folder passes these objects. May import errors.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from applicability.errors import InputError


class Canonical:
    """A dataclass with a canonical JSON string: equal content gives an equal string."""

    def json(self) -> str:
        """The content as JSON with sorted keys, fit for a Snakemake param or an argument."""
        return json.dumps(vars(self), sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what :meth:`json` gives. Raises InputError for any other text."""
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError, RecursionError) as error:
            keys = ", ".join(field.name for field in fields(cls))
            raise InputError(f"{cls.__name__.lower()}: expected JSON with the keys {keys}: {error}") from error


BALANCED = "balanced"  # as many training draws of each group; or shared by the weights

# tables of a study, beside its scores; a study without a baseline has no differences
TABLES = ["summary", "optimum", "planning", "differences"]


def kind_of(entry: dict) -> tuple[str, object]:
    """Name and parameters of a distribution of a task."""
    [(name, parameters)] = ((key, value) for key, value in entry.items() if key != "times")
    return name, parameters


def width(entry: dict) -> int:
    """Number of coordinates of a distribution of a task, taken once."""
    match kind_of(entry):
        case "mixture", [{"coordinates": coordinates}, *_]:
            return dimension(coordinates)
        case "python", described:
            return described["dimension"]
        case "table", described:
            return len(described["columns"])
        case _, {"mean": loc, "cov": _} | {"loc": loc, "shape": _}:
            return len(loc)
    return 1


def one_by_one(coordinates: list[dict]) -> list[dict]:
    """A group's distributions, each as often as its `times` says."""
    return [dict([kind_of(entry)]) for entry in coordinates for _ in range(entry.get("times", 1))]


def dimension(coordinates: list[dict]) -> int:
    """Number of coordinates of a group, from its distributions."""
    return sum(map(width, one_by_one(coordinates)))


def table_rows(task: list) -> dict[str, int]:
    """The number of rows of each group of a task that is a table; empty for any other."""
    found = {group: kind_of(entry) for group, [entry, *_] in task}
    return {group: described["rows"] for group, (name, described) in found.items() if name == "table"}


def kinds(coordinates: list[dict]) -> Iterator[tuple[str, object]]:
    """Name and parameters of every distribution of a group, of a mixture those of its components."""
    for name, parameters in map(kind_of, coordinates):
        if name == "mixture":
            yield from kinds([one for each in parameters for one in each["coordinates"]])
        else:
            yield name, parameters


def is_closed(coordinates: list[dict]) -> bool:
    """Whether every distribution of a group is known in closed form: none is a class or a table of the user's own."""
    return all(name not in ("python", "table") for name, _ in kinds(coordinates))


def is_known(coordinates: list[dict]) -> bool:
    """Whether every distribution of a group has a known density: none is a table, or a class that only draws."""
    return all(
        name != "table" and (name != "python" or parameters["density"]) for name, parameters in kinds(coordinates)
    )


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


class OfTask:
    """Properties of everything that has a task."""

    @property
    def groups(self) -> list[str]:
        """Names of the groups."""
        return [name for name, _ in self.task]

    @property
    def dimension(self) -> int:
        """Number of coordinates of a draw."""
        _, coordinates = self.task[0]
        return dimension(coordinates)

    @property
    def inputs(self) -> int:
        """Number of coordinates that networks see of a draw."""
        return self.observe["dimension"] if self.observe else self.dimension

    @property
    def known(self) -> bool:
        """Whether the densities of all groups are known, and with them the best possible."""
        return all(is_known(coordinates) for _, coordinates in self.task)

    @property
    def exact(self) -> bool:
        """Whether expectations are exact, on a line and in closed form; else they are means over draws."""
        return self.dimension == 1 and all(is_closed(coordinates) for _, coordinates in self.task)


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


@dataclass(frozen=True)
class Grid(Canonical):
    """The keys that a study's tables must hold, each combination once."""

    study: str
    learners: list[str]
    scales: list[float]
    sample_sizes: list[int]
    replicates: int


@dataclass(frozen=True)
class Study(Canonical, OfTask):
    """One entry under `studies:` in the config."""

    name: str
    seed: int
    task: list  # as in a cell
    scales: list[float]
    sample_sizes: list[int]
    replicates: int
    test_draws: int
    tolerance: float  # the gap that is good enough, in accuracy
    learners: dict[str, Learner]
    target_accuracy: float | None = None  # scales whose optimum misses it are marked
    baseline: str | None = None  # the learner that the others are compared with
    observe: dict | None = None  # as in a cell
    weights: list[float] | None = None  # as in a cell
    training: str = BALANCED  # as in a cell

    def cell(self, scale: float, n: int) -> Cell:
        """The cell at (scale, n) of this study's grid."""
        shared = {field.name: getattr(self, field.name) for field in fields(Cell) if field.name in vars(self)}
        return Cell(self.name, scale=scale, n=n, **shared)

    def json(self) -> str:
        """The content as JSON; the learners are a list, which keeps their order."""
        return json.dumps(asdict(self) | {"learners": [vars(each) for each in self.learners.values()]}, sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what :meth:`json` gives. Raises InputError for any other text."""
        study = super().parse(text)
        learners = [Learner(**each) for each in study.learners]
        return replace(study, learners={each.name: each for each in learners})

    @property
    def tables(self) -> list[str]:
        """The tables that the study has."""
        return [name for name in TABLES if name != "differences" or self.baseline]

    @property
    def budgets(self) -> dict[str, str]:
        """The learners that differ from another in their training budget alone, each with its budget."""
        learners = self.learners.values()
        return {
            learner.name: learner.budget
            for learner in learners
            if any(learner is not other and learner.differs_in_budget(other) for other in learners)
        }

    def grid(self) -> Grid:
        """This study's grid of keys."""
        return Grid(self.name, list(self.learners), self.scales, self.sample_sizes, self.replicates)
