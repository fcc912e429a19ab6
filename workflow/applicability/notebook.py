"""For notebooks and scripts: one cell trained and scored without files, trained networks, figures drawn again.

    study = make_one({"task": {...}, "sample_sizes": [100], "learners": {"net": {...}}})
    cell = study.cell(scale=0.5, n=100)
    networks = train_cell(cell, study.learners["net"])
    scores = score_cell(cell, networks)

The same code, draws and numbers as in a run. May import config, scores, learners, tasks, figures, drawing, layout,
storage, study and errors.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from applicability.config.studies import studies
from applicability.config.validation import validate
from applicability.drawing import style
from applicability.errors import InputError
from applicability.figures import catalogue
from applicability.layout import figures_of_study, inputs_of_figure
from applicability.learners import device as devices
from applicability.learners.estimators import fit_estimators
from applicability.learners.fitting import fit
from applicability.learners.predictor import Predictor
from applicability.learners.saved import load
from applicability.scores.evaluation import judge
from applicability.storage.tables import of_replicates, read
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.study.study import Study
from applicability.tasks.observed import view_of
from applicability.tasks.sample import sample


def make_one(entry: Mapping, name: str = "study") -> Study:
    """A study from what a config has below its name, defaults filled in.

    entry: nested dictionaries, as YAML would give them. name: the study's.
    Raises InputError with a line for each error, as a run does.
    """
    return studies(validate({"studies": {name: entry}}))[name]


def train_cell(cell: Cell, learner: Learner, device: str = "cpu") -> Predictor:
    """Train a learner on the R replicates of a cell, on one thread.

    cell: of a study, `study.cell(scale, n)`. learner: of the study, `study.learners[name]`.
    device: auto, cpu, cuda or mps, for networks. Raises InputError where this machine lacks it.
    """
    draws = view_of(cell)(sample(cell, "train", cell.counts))
    if not learner.losses:
        return fit_estimators(cell, learner, draws)
    return fit(cell, learner, draws, devices.resolve(device)).network


def score_cell(cell: Cell, rules: Predictor, learner: str = "net") -> pd.DataFrame:
    """Score the R rules of a cell on its test draws: a row per replicate, the columns of scores.csv but the cost.

    rules: as :func:`train_cell` gives them. learner: its name, for the column.
    """
    tests = cell.of_tests()
    training, draws = sample(cell, "train", cell.counts), sample(tests, "test", tests.counts)
    return of_replicates(learner, cell, **judge(rules, cell, training, draws).scores)


def draw_again(
    name: str, study: Study, learner: str | None = None, results: str | Path = "results", **tables: pd.DataFrame
) -> Figure:
    """A figure of a study that has run, in the house's style; its axes, titles and limits are then one's own.

    name: as in figures/, without the learner: gap, learning. study: as :func:`make_one` gives it of the run's entry and
    name. learner: whose, of a figure of one learner. results: the folder of the run.
    tables: in the place of the run's, by name: some rows of the summary, say.
    Raises InputError where the study has no such figure, or a file is missing.
    """
    shown = figures_of_study(study)
    if (f"{name}-{learner}" if learner else name) not in shown:
        found = f"{name} of {learner}" if learner else name
        raise InputError(f"figure: expected one of {', '.join(shown)}; found {found}")
    figure = catalogue.figures()[name]
    module = importlib.import_module(f"applicability.figures.{figure.module}")
    given = figure.options(study, learner) | tables
    for paths in inputs_of_figure(figure, study, learner).values():
        for path in (Path(results).parent / path for path in paths):
            if path.stem not in figure.tables:
                given.setdefault(path.stem, []).append(module.read(path))
            elif path.stem not in tables:
                given[path.stem] = read(path)
    with rc_context(style.RC):
        return module.draw(**given)


def load_networks(path: str | Path) -> Predictor:
    """The networks of a model.pt of a run; those of a Python file are made by running that file.

    Raises InputError for any other file, and where the Python file has changed.
    """
    return load(Path(path))[0]
