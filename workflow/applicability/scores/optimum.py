"""Scores of the optimal rule at a scale.

Used by the stages optimum and example. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np

from applicability.learners.discriminant import excess_law
from applicability.scores.exact import exact
from applicability.scores.score import score
from applicability.study import Cell
from applicability.tasks.distributions import gaussian_distance
from applicability.tasks.sample import sample
from applicability.tasks.truth import Truth

COLUMNS = ["accuracy", "log_loss", "brier", "auc", "information", "boundary", "boundaries"]


def optimum_of(cell: Cell) -> dict[str, str | float]:
    """Scores of the optimal rule at a cell's scale, a row of optimum.csv.

    cell: any of the scale; in more than one dimension its test draws are used.

    Returns study, scale, COLUMNS, guessing (accuracy of the likeliest group), plugin_constant and plugin_from, the
    two of :func:`excess_law`.
    """
    truth = Truth.of(cell.task, cell.scale)
    if truth.dimension == 1:
        scores = exact(truth, lambda x: truth.logits(x[..., None]))
    else:
        scores = scores_on_draws(truth, sample(cell, "test", cell.test_draws))
    values = {name: float(scores[name][0]) for name in COLUMNS if name in scores}
    constant, least = excess_law(gaussian_distance(cell.task, cell.scale))
    known = {"guessing": float(truth.weights.max()), "plugin_constant": constant, "plugin_from": least}
    return {"study": cell.study, "scale": cell.scale} | values | known


def scores_on_draws(truth: Truth, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Scores [1] of the true log-odds on the draws [R, G, m, d] of all replicates.

    A draw counts for each group by its posterior, not for its own group alone: the mean is the same, with less noise.
    """
    _, groups, _, d = draws.shape
    x = draws.swapaxes(0, 1).reshape(groups, -1, d)
    mass = truth.posterior(x) * truth.weights[:, None, None]  # as many draws of each group, however likely it is
    scores = score(truth.logits(x.reshape(1, -1, d)).mT, mass.reshape(1, -1, groups).mT)
    return scores | {"information": truth.entropy - scores["log_loss"]}
