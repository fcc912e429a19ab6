"""A study: task, grid, replicates and learners. May import errors."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Self

from applicability.study.canonical import Canonical
from applicability.study.cell import BALANCED, Cell
from applicability.study.learner import Learner
from applicability.study.task import OfTask

# tables of a study, beside its scores; a study without a baseline has no differences
TABLES = ["summary", "optimum", "planning", "differences"]


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
        learners = [Learner.of(each) for each in study.learners]
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
