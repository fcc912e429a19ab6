"""Statistics over the replicates of a cell: mean, standard deviation, confidence interval.

Used by the stages summarise and compare. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
import pandas as pd
from scipy import stats

from applicability.storage import tables

CELL = [key for key in tables.KEYS if key != "replicate"]


def summary_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean, standard deviation and 95 % interval of each score over a cell's replicates.

    scores: a row per replicate: keys, scores, `diverged` and costs.

    Returns a row per cell: <score>_mean, _sd, _low and _high; `replicates`; `diverged`, how many did; `steps`;
    boundary_rmse, the root mean square of boundary_error; the devices of training and test, if there.
    The interval low to high is Student's t-interval of the mean, mean ± t(0.975, R − 1)·sd/√R; with one replicate sd
    and interval are empty. A score that is missing in one replicate is missing in the cell: the mean of the replicates
    that did not diverge would flatter the learner.
    """
    names = [name for name in scores.columns if name not in (*tables.KEYS, "diverged", *tables.COST, *tables.DEVICES)]
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
    # one job trains, or tests, all replicates; differences of learners have no device
    devices = {name: cells[name].first() for name in tables.DEVICES if name in scores}
    return pd.DataFrame(counts | columns | devices).reset_index()
