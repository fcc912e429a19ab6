"""The verdict on a learner in a cell: whether it works, or what prevents it.

Used by the stage summarise; reports read VERDICTS. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
import pandas as pd

from applicability.learners.discriminant import RULES
from applicability.storage.tables import best_known

VERDICTS = ["reached", "overlap", "training", "data", "diverged"]


def with_verdicts(summary: pd.DataFrame, target: float, tolerance: float) -> pd.DataFrame:
    """The summary of a study with two more columns: `verdict` and `reached_by`.

    summary: a row per learner and cell.
    target, tolerance: the accuracy to reach and what may be missing, as shares.

    reached_by: the learners, and the reference rules, that reach the target in the cell. Mean accuracies are compared,
    as well as they are known; the optimum is the accuracy that the learner's gap is measured from. An accuracy reaches
    the target where it is at least target − tolerance; NaN, a training diverged, does not.
    verdict: the first row that holds.

    | the learner | the optimum | another learner, or a reference rule | verdict | the cell is held back by |
    |---|---|---|---|---|
    | diverged | any | any | `diverged` | the learner: its training came to nothing |
    | reaches | any | any | `reached` | nothing |
    | misses | misses | any | `overlap` | the groups: no rule reaches the target |
    | misses | reaches | reaches | `training` | the learner: the draws suffice, as another shows |
    | misses | reaches | misses | `data` | the draws, as far as anything here can tell |
    """
    least = target - tolerance
    accuracy = summary[best_known(summary, "accuracy_mean")]
    reaches = accuracy >= least
    learners = (summary["learner"] + " ").where(reaches, "").groupby([summary["scale"], summary["n"]]).transform("sum")
    for rule, name in RULES.items():
        if f"{rule}_accuracy_mean" in summary:
            learners += np.where(summary[f"{rule}_accuracy_mean"] >= least, f"{name} ", "")
    reached_by = learners.str.rstrip()
    beyond = summary[best_known(summary, "bayes_accuracy_mean")] < least
    cases = {"diverged": accuracy.isna(), "reached": reaches, "overlap": beyond, "training": reached_by != ""}
    return summary.assign(verdict=np.select([*cases.values()], [*cases], "data"), reached_by=reached_by)
