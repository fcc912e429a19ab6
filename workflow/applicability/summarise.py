"""Stage summarise: what the replicates of a cell say together."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from applicability import tables
from applicability.errors import InputError
from applicability.verdict import verdict

CELL = [key for key in tables.KEYS if key != "replicate"]
PLUGIN = "plug-in"  # as the tables call the plug-in rule where they name learners


def summarise(scores: Path, summary: Path, target_accuracy: str = "0.95", tolerance: str = "0.005") -> None:
    """Write a row per learner and cell from a study's scores: see :func:`summary_of` and :func:`verdicts`."""
    table = summary_of(tables.read(scores, *tables.KEYS, "diverged", "steps", "plugin_accuracy"))
    tables.write(verdicts(table, float(target_accuracy), float(tolerance)), summary)


def summary_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Of each score its mean, sd and 95 % interval over replicates, with `replicates` of the cell, how many of them
    `diverged`, and `steps`.

    The interval <score>_low to <score>_high is Student's t-interval of the mean, mean ± t(0.975, R − 1)·sd/√R; with
    one replicate sd and interval are empty. A score that is missing in one replicate is missing here: the mean of those
    that did not diverge would flatter the learner. boundary_rmse: root mean square of boundary_error.
    """
    names = [name for name in scores.columns if name not in (*tables.KEYS, "diverged", *tables.COST)]
    cells = scores.groupby(CELL, sort=False)
    replicates = cells.size()
    means = cells[names].mean(skipna=False)
    deviations = cells[names].std(skipna=False)
    half = deviations.mul(stats.t.ppf(0.975, replicates - 1) / np.sqrt(replicates), axis=0)
    parts = {"mean": means, "sd": deviations, "low": means - half, "high": means + half}
    columns = {f"{name}_{part}": values[name] for name in names for part, values in parts.items()}
    if "boundary_error" in names:
        variance = deviations["boundary_error"].fillna(0) ** 2 * (replicates - 1) / replicates
        columns["boundary_rmse"] = np.sqrt(means["boundary_error"] ** 2 + variance)
    counts = {"replicates": replicates, "diverged": cells["diverged"].sum(), "steps": cells["steps"].first()}
    return pd.DataFrame(counts | columns).reset_index()


def verdicts(summary: pd.DataFrame, target: float, tolerance: float) -> pd.DataFrame:
    """The summary with the :func:`applicability.verdict.verdict` of each row, and in `reached_by` its evidence: all
    learners, and the plug-in rule, that reach the target on the draws of the cell.

    Judged are mean accuracies, the exact ones in one dimension; the optimum is what the learner's gap is to.
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


def best_known(table: pd.DataFrame, name: str) -> str:
    """The column of a score that is free of the noise of test draws where there is one: exact_<name>, else <name>.

    Raises InputError where there is neither.
    """
    if f"exact_{name}" in table:
        return f"exact_{name}"
    if name not in table:
        raise InputError(f"{name}: expected a table with this column; found {', '.join(table)}")
    return name


def tabulate(summary: Path, learner: str, table: Path) -> None:
    """Write a learner's mean accuracies as the heatmap shows them: a row per scale, a column per n."""
    summary = tables.read(summary, "learner", "scale", "n", "accuracy_mean")
    tables.write(grid_of(summary, learner, "accuracy_mean"), table, index=True)


def grid_of(summary: pd.DataFrame, learner: str, column: str) -> pd.DataFrame:
    """One column of a summary for one learner as a scale × n table. Raises InputError for an unknown learner."""
    return rows_of(summary, "learner", learner).pivot(index="scale", columns="n", values=column)


def rows_of(table: pd.DataFrame, option: str, learner: str) -> pd.DataFrame:
    """A learner's rows. Raises InputError, which names the option that named it, where there are none."""
    known = table["learner"].unique()
    if learner not in known:
        raise InputError(f"{option}: expected one of {', '.join(known)}; found {learner!r}")
    return table[table["learner"] == learner]
