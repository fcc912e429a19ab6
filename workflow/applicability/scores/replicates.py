"""What the replicates of a cell say together."""

import numpy as np
import pandas as pd
from scipy import stats

from applicability.storage import tables

CELL = [key for key in tables.KEYS if key != "replicate"]


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
