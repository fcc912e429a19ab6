"""The catalogue of figures: what each reads, and which studies have it.

A figure is a module of this folder, and is not imported here: its text is parsed. The parameters of its function `draw`
name all that the figure reads:

    summary, optimum, planning, differences   a table of the study
    samples, curves, history                  the files of that name of some cells, each as the module's `read` gives it
    learner                                   makes it a figure of one learner: there is one for each
    learners                                  a figure for each learner, and one, named TOGETHER, of all side by side
    any other                                 what :class:`applicability.study.study.Study` has under that name; where
                                              it is missing or empty a study lacks the figure, unless there is a default

A module may say NEEDS, what a study must have ({"dimension": 1, "groups": 2}), or a learner ({"losses": True}), and
must have its CAPTION.
Used by the rules, layout.py and the stage describe. May import study and sources.
"""

import functools
from dataclasses import dataclass

from applicability import sources
from applicability.study.cell import Cell
from applicability.study.study import TABLES, Study

CELL_FILES = {"samples": "samples.npz", "curves": "curves.npz", "history": "history.csv"}
OF_LEARNERS = ("losses", "probabilities")  # of what a figure may need, that which is a learner's
MOST = 6  # maps side by side on a page
# the reading order of docs/what-it-shows.md, which captions and pages follow; a figure that is not here comes last
ORDER = ["budget", "accuracies", "accuracy", "gaps", "gap", "shares", "share", "verdicts", "verdict", "shortfall"]
ORDER += ["learning", "needed", "differences", "posterior", "ratio", "reliability", "detection", "regions", "loss"]
ORDER += ["boundary", "samples"]


@dataclass(frozen=True)
class Figure:
    """A kind of figure."""

    name: str
    module: str  # within this folder, as `gap` or `examples.loss`
    reads: dict[str, bool]  # each parameter, with whether it has a default
    of_learner: bool  # whether there is one for each learner

    @property
    def tables(self) -> list[str]:
        """The names of the tables that the figure reads."""
        return [name for name in self.reads if name in TABLES]

    @property
    def cell_file(self) -> str | None:
        """The name of the cells' file that the figure reads; None where it reads none."""
        return next((CELL_FILES[name] for name in self.reads if name in CELL_FILES), None)

    @property
    def caption(self) -> str:
        """The Jinja template of the figure's caption."""
        return constants_of(self.module)["CAPTION"]

    def options(self, study: Study, learner: str | None = None) -> dict:
        """Arguments of `draw` by name, but for tables and cell files.

        study: whose figure it is.
        learner: the learner shown; without it, all.
        """
        known = {"learner": learner, "learners": [learner] if learner else list(study.learners)}
        names = [name for name in self.reads if name not in TABLES and name not in CELL_FILES]
        return {name: known[name] if name in known else getattr(study, name) for name in names}

    def fits(self, what: Study | Cell) -> bool:
        """Whether a study, or an example's cell, has the dimension and groups needed."""
        found = {"dimension": what.dimension, "known": what.known, "exact": what.exact, "groups": len(what.groups)}
        return all(found.get(name, amount) == amount for name, amount in self.needs.items())

    @property
    def needs(self) -> dict:
        """What a study and its learners must have for the figure."""
        return constants_of(self.module).get("NEEDS", {})

    def learners(self, study: Study) -> list[str]:
        """The learners of a study that have what the figure needs of one."""
        needs = [name for name in OF_LEARNERS if name in self.needs]
        return [name for name, each in study.learners.items() if all(getattr(each, need) for need in needs)]

    def is_shown(self, study: Study) -> bool:
        """Whether a study has this figure: nothing that the figure needs is missing or empty."""
        if "learners" in self.reads and not self.of_learner and not 2 <= len(study.learners) <= MOST:
            return False
        there = set(self.tables) <= set(study.tables) and self.learners(study)
        options = self.options(study, next(iter(study.learners))).items()
        fits = there and self.fits(study)
        return bool(fits) and all(value or value == 0 or self.reads[name] for name, value in options)


def constants_of(module: str) -> dict:
    """The constants of a figure's module."""
    return sources.constants(f"figures.{module}")


def figures_of(module: str) -> list[Figure]:
    """The figures of a module: one, and with parameter `learners` a second, TOGETHER."""
    reads = sources.parameters(f"figures.{module}", "draw")
    name = module.rpartition(".")[2]
    alone = Figure(name, module, reads, of_learner=bool({"learner", "learners"} & reads.keys()))
    return [alone] + ([Figure(constants_of(module)["TOGETHER"], module, reads, False)] if "learners" in reads else [])


@functools.cache
def figures() -> dict[str, Figure]:
    """Every figure of studies by name, in reading order."""
    found = [each for module in sources.modules("figures") if module != "catalogue" for each in figures_of(module)]
    place = {name: index for index, name in enumerate(ORDER)}
    return {each.name: each for each in sorted(found, key=lambda each: place.get(each.name, len(ORDER)))}


@functools.cache
def example_figures() -> dict[str, Figure]:
    """Every figure of the worked examples by name."""
    return {module: figures_of(f"examples.{module}")[0] for module in sources.modules("figures.examples")}
