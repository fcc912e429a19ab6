"""Statistics over the replicates of a cell: mean, standard deviation, quartiles.

Used by the stages summarise and compare. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
import pandas as pd

from applicability.storage import tables

CELL = [key for key in tables.KEYS if key != "replicate"]

# words, the same in all replicates: one job trains, or tests, them all; differences of learners have none
OF_CELL = [*tables.DEVICES, "best_known"]

QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}


def summary_of(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean, standard deviation and quartiles of each score over a cell's replicates.

    scores: a row per replicate: keys, scores, `diverged` and costs.

    Returns a row per cell: <score>_mean, _sd, _q25, _median and _q75; `replicates`; `diverged`, how many did; `steps`,
    their median, of an even number the lower middle one;
    boundary_rmse, the root mean square of boundary_error; the devices of training and test, and `best_known`, if there.
    With one replicate sd is empty. A score that is missing in one replicate is missing in the cell: the mean of the
    replicates that did not diverge would flatter the learner.
    """
    others = (*tables.KEYS, "diverged", *tables.COST, *OF_CELL)
    names = [name for name in scores.columns if name not in others]
    cells = scores.groupby(CELL, sort=False)
    replicates = cells.size()
    means = cells[names].mean(skipna=False)
    parts = {"mean": means, "sd": cells[names].std(skipna=False)}
    for name, share in QUARTILES.items():
        parts[name] = cells[names].quantile(share).where(means.notna())
    columns = {f"{name}_{part}": values[name] for name in names for part, values in parts.items()}
    if "boundary_error" in names:
        variance = parts["sd"]["boundary_error"].fillna(0) ** 2 * (replicates - 1) / replicates
        columns["boundary_rmse"] = np.sqrt(means["boundary_error"] ** 2 + variance)
    steps = cells["steps"].quantile(0.5, interpolation="lower").astype(int)
    counts = {"replicates": replicates, "diverged": cells["diverged"].sum(), "steps": steps}
    words = {name: cells[name].first() for name in OF_CELL if name in scores}
    return pd.DataFrame(counts | columns | words).reset_index()
