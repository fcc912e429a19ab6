"""The scores of the optimal rule."""

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
    """The row of a cell's scale."""
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
    """Scores [1] of the true log-odds, expected at the places of draws [R, G, m, d] of all replicates together.

    A draw counts for each group by its posterior, not for its own alone: the same mean with less noise.
    """
    _, groups, _, d = draws.shape
    x = draws.swapaxes(0, 1).reshape(groups, -1, d)
    mass = truth.posterior(x) * truth.weights[:, None, None]  # as many draws of each group, however likely it is
    scores = score(truth.logits(x.reshape(1, -1, d)).mT, mass.reshape(1, -1, groups).mT)
    return scores | {"information": truth.entropy - scores["log_loss"]}
