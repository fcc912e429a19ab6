"""Stage optimum: the best that any rule can do at each scale of a study."""

from pathlib import Path

import numpy as np
import pandas as pd

from applicability import tables
from applicability.exact import exact
from applicability.plugin import excess_law
from applicability.score import score
from applicability.simulate import sample
from applicability.study import Cell
from applicability.truth import Truth

COLUMNS = ["accuracy", "log_loss", "brier", "auc", "information", "boundary", "boundaries"]


def optimum(cells: list[str], optimum: Path) -> None:
    """Write a row per scale, with the scores of the true log-ratio.

    cells: a :class:`applicability.study.Cell` of each scale, as JSON. optimum: a table of accuracy, log_loss (nat),
    brier, auc, information (mutual information of draw and group, nat), the optimal boundary (the first of so many
    boundaries), guessing, the accuracy of naming a group unseen, plugin_constant, the c of the plug-in rule's excess
    error c/n, and plugin_from, the n from which on that holds. Exact in one dimension; in more, means over all test
    draws of the study.
    """
    rows = [optimum_of(cell) for cell in map(Cell.parse, cells)]
    tables.write(pd.DataFrame(rows).sort_values("scale"), optimum)


def optimum_of(cell: Cell) -> dict[str, str | float]:
    """The row of a cell's scale."""
    truth = Truth.of(cell.task, cell.scale)
    if truth.dimension == 1:
        scores = exact(truth, lambda x: truth.logits(x[..., None]))
    else:
        scores = on_draws(truth, sample(cell, "test", cell.test_draws))
    values = {name: float(scores[name][0]) for name in COLUMNS if name in scores}
    constant, least = excess_law(cell.task, cell.scale)
    known = {"guessing": float(truth.weights.max()), "plugin_constant": constant, "plugin_from": least}
    return {"study": cell.study, "scale": cell.scale} | values | known


def on_draws(truth: Truth, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Scores [1] of the true log-odds, expected at the places of draws [R, G, m, d] of all replicates together.

    A draw counts for each group by its posterior, not for its own alone: the same mean with less noise.
    """
    _, groups, _, d = draws.shape
    x = draws.swapaxes(0, 1).reshape(groups, -1, d)
    mass = truth.posterior(x) * truth.weights[:, None, None]  # as many draws of each group, however likely it is
    scores = score(truth.logits(x.reshape(1, -1, d)).mT, mass.reshape(1, -1, groups).mT)
    return scores | {"information": truth.entropy - scores["log_loss"]}
