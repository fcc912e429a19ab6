"""Stage optimum: the scores of the Bayes-optimal rule at each scale of a study."""

from pathlib import Path

import pandas as pd

from applicability.scores.optimum import optimum_of
from applicability.storage import tables
from applicability.study.cell import Cell


def optimum(cells: list[str], optimum: Path) -> None:
    """Write the scores of the optimal rule, a row per scale.

    cells: a :class:`applicability.study.cell.Cell` of each scale, as JSON.
    optimum: the table to write. Its columns: accuracy; balanced_accuracy; recall, precision and
    pr_auc of each group; log_loss, nat; brier; auc; information, the mutual information
    of draw and group, nat; boundary, the first optimal boundary; boundaries, their number; guessing, the accuracy of
    naming the likeliest group unseen; training_log_loss, the log-loss where groups are as likely as among training
    draws; plugin_constant, the c of the plug-in rule's excess error c/n; plugin_from, the n from which
    on c/n holds; midpoint_constant, the midpoint's of two means, whose standard deviation is this/√n; accuracy_error,
    the standard error of the accuracy, 0 where it is exact. Where densities are not known, in the place of the scores:
    neighbour_error, of the nearest neighbour rule, with the ends of its interval, _low and _high; and
    accuracy_lower_bound and accuracy_upper_bound, which bound the best possible in the limit of many rows.
    """
    rows = [optimum_of(cell) for cell in map(Cell.parse, cells)]
    tables.write(pd.DataFrame(rows).sort_values("scale"), optimum)
