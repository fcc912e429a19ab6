"""Stage summarise: what the replicates of a cell say together."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from applicability import tables
from applicability.errors import InputError

CELL = [key for key in tables.KEYS if key != "replicate"]


def summarise(scores: Path, summary: Path) -> None:
    """Write a row per learner and cell from a study's scores: see :func:`summary_of`."""
    tables.write(summary_of(tables.read(scores)), summary)


def summary_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Of each score its mean, sd and 95 % interval over replicates, with `replicates` and `steps` of the cell.

    The interval <score>_low to <score>_high is Student's t-interval of the mean, mean ± t(0.975, R − 1)·sd/√R; with
    one replicate sd and interval are empty. A score that is missing in one replicate is missing here.
    """
    names = [name for name in scores.columns if name not in tables.KEYS + tables.COST]
    cells = scores.groupby(CELL, sort=False)
    replicates = cells.size()
    means = cells[names].mean(skipna=False)
    deviations = cells[names].std(skipna=False)
    half = deviations.mul(stats.t.ppf(0.975, replicates - 1) / np.sqrt(replicates), axis=0)
    parts = {"mean": means, "sd": deviations, "low": means - half, "high": means + half}
    columns = {f"{name}_{part}": values[name] for name in names for part, values in parts.items()}
    return pd.DataFrame({"replicates": replicates, "steps": cells["steps"].first(), **columns}).reset_index()


def tabulate(summary: Path, learner: str, table: Path) -> None:
    """Write a learner's mean accuracies as the heatmap shows them: a row per scale, a column per n."""
    tables.write(grid_of(tables.read(summary), learner, "accuracy_mean"), table, index=True)


def grid_of(summary: pd.DataFrame, learner: str, column: str) -> pd.DataFrame:
    """One column of a summary for one learner as a scale × n table. Raises InputError for an unknown learner."""
    known = summary["learner"].unique()
    if learner not in known:
        raise InputError(f"learner: expected one of {', '.join(known)}; found {learner!r}")
    return summary[summary["learner"] == learner].pivot(index="scale", columns="n", values=column)
