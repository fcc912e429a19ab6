"""Stage optimum: the best that any rule can do at each scale of a study."""

from pathlib import Path

import pandas as pd

from applicability.scores.optimum import optimum_of
from applicability.storage import tables
from applicability.study import Cell


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
