"""The verdict on a learner in a cell: whether it works, or what prevents it.

Used by the stage summarise; reports read VERDICTS. May import learners, tasks, storage, study, logits and errors.
"""

from collections.abc import Iterable

import pandas as pd

from applicability.storage.tables import best_known

VERDICTS = ["reached", "overlap", "training", "data", "diverged"]


def verdict(accuracy: float, optimum: float, others: Iterable[float], target: float, tolerance: float) -> str:
    """The verdict on a learner in a cell: how its accuracy compares with the target.

    accuracy: the learner's. optimum: the optimal rule's. others: the accuracies of the other learners and of the
    plug-in rule on the same draws. All are shares of draws sorted right. An accuracy reaches the target where it is at
    least target − tolerance; NaN, the training diverged, does not. The first row that holds is the verdict:

    | the learner | the optimum | others | verdict | the cell is held back by |
    |---|---|---|---|---|
    | diverged | any | any | `diverged` | the learner: its training came to nothing |
    | reaches | any | any | `reached` | nothing |
    | misses | misses | any | `overlap` | the groups: no rule reaches the target |
    | misses | reaches | one reaches | `training` | the learner: the draws suffice, as another shows |
    | misses | reaches | none reaches | `data` | the draws, as far as anything here can tell |
    """
    reaching = target - tolerance
    if accuracy != accuracy:
        return "diverged"
    if accuracy >= reaching:
        return "reached"
    if optimum < reaching:
        return "overlap"
    if any(other >= reaching for other in others):
        return "training"
    return "data"


PLUGIN = "plug-in"  # as the tables call the plug-in rule where they name learners


def with_verdicts(summary: pd.DataFrame, target: float, tolerance: float) -> pd.DataFrame:
    """The summary of a study with two more columns: `verdict` and `reached_by`.

    summary: a row per learner and cell.
    target, tolerance: the accuracy to reach and what may be missing, as shares.

    verdict: :func:`verdict` of mean accuracies, in one dimension exact ones; the optimum is the accuracy that the
    learner's gap is measured from. reached_by: the learners, and the plug-in rule, that reach the target in the cell.
    """
    judged = pd.DataFrame(
        {
            "learner": summary["learner"],
            "accuracy": summary[best_known(summary, "accuracy_mean")],
            "optimum": summary[best_known(summary, "bayes_accuracy_mean")],
            "plugin": summary["plugin_accuracy_mean"],
        }
    )
    summary = summary.assign(verdict="", reached_by="")
    for _, cell in judged.groupby([summary["scale"], summary["n"]]):
        accuracies = {**dict(zip(cell["learner"], cell["accuracy"], strict=True)), PLUGIN: cell["plugin"].iloc[0]}
        names = [name for name, accuracy in accuracies.items() if accuracy >= target - tolerance]
        for row in cell.itertuples():
            given = verdict(row.accuracy, row.optimum, accuracies.values(), target, tolerance)
            summary.loc[row.Index, ["verdict", "reached_by"]] = given, " ".join(names)
    return summary
