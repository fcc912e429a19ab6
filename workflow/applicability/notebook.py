"""Studies without files, for notebooks and scripts: one cell trained and scored, trained networks and tables read.

    study = make_one({"task": {...}, "sample_sizes": [100], "learners": {"net": {...}}})
    cell = study.cell(scale=0.5, n=100)
    networks = train_cell(cell, study.learners["net"])
    scores = score_cell(cell, networks)

The same code, draws and numbers as in a run. May import config, scores, learners, tasks, storage, study and errors.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from applicability.config.studies import studies
from applicability.config.validation import validate
from applicability.learners import device as devices
from applicability.learners import network as networks
from applicability.learners.fitting import fit
from applicability.learners.network import StackedNetwork
from applicability.scores.evaluation import judge
from applicability.storage.tables import of_replicates
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


def train_cell(cell: Cell, learner: Learner, device: str = "cpu") -> StackedNetwork:
    """Train the R networks of a cell, on one thread.

    cell: of a study, `study.cell(scale, n)`. learner: of the study, `study.learners[name]`.
    device: auto, cpu, cuda or mps. Raises InputError where this machine lacks it.
    """
    draws = view_of(cell)(sample(cell, "train", cell.counts))
    return fit(cell, learner, draws, devices.resolve(device)).network


def score_cell(cell: Cell, network: StackedNetwork, learner: str = "net") -> pd.DataFrame:
    """Score the R networks of a cell on its test draws: a row per replicate, the columns of scores.csv but the cost.

    network: as :func:`train_cell` gives it. learner: its name, for the column.
    """
    tests = cell.of_tests()
    training, draws = sample(cell, "train", cell.counts), sample(tests, "test", tests.counts)
    return of_replicates(learner, cell, **judge(network, cell, training, draws).scores)


def load_networks(path: str | Path) -> StackedNetwork:
    """The networks of a model.pt of a run. Raises InputError for any other file."""
    return networks.load(Path(path))[0]
