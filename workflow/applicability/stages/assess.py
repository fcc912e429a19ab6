"""Stage assess: fits a classifier of scikit-learn to each replicate of a cell and tests it. It is not stored."""

import time
from pathlib import Path

import torch
from threadpoolctl import threadpool_limits

from applicability.learners.cost import cost_of
from applicability.learners.estimators import fit_estimators
from applicability.scores.scored import read_draws, write_scores
from applicability.storage import tables
from applicability.study.learner import Learner
from applicability.tasks.observed import view_of


def assess(samples: Path, test_samples: Path, learner: str, scores: Path) -> None:
    """Fit a classifier to a cell's draws, score it on test draws and against the true distributions.

    samples, test_samples: the training draws of the cell and the test draws of its scale, as simulate wrote them.
    learner: :class:`applicability.study.learner.Estimator` as JSON.
    scores: the table to write, a row per replicate, as the stage test writes it.
    Writes beside scores: curves.npz, as the stage test; cost.csv, no steps, seconds, device and versions. The seconds
    differ from run to run. Raises InputError where the inputs do not match, and for what the classifier raises.
    """
    learner, place = Learner.parse(learner), torch.device("cpu")
    cell, training, draws = read_draws(samples, test_samples)
    with threadpool_limits(1):
        started = time.perf_counter()
        rules = fit_estimators(cell, learner, view_of(cell)(training))
        cost = cost_of(learner, cell, 0, time.perf_counter() - started, place)
        tables.write(cost, Path(scores).with_name("cost.csv"))
        write_scores(rules, cell, training, draws, cost, scores, place.type)
