"""The shortfall 1 − accuracy, split without rest into overlap, data and learner.

Used by the stage summarise. May import learners, tasks, storage, study, logits and errors.
"""

import numpy as np
import pandas as pd

from applicability.storage.tables import sharpest


def with_shortfall(summary: pd.DataFrame, gaps: pd.DataFrame) -> pd.DataFrame:
    """The summary of a study with the mean shortfall of each row in three more columns, in accuracy.

    summary: a row per learner and cell. gaps: :func:`applicability.scores.evidence.gaps_of` its scores.

    shortfall_overlap: 1 − the best possible, which no rule makes up for; where only the best known is known,
    shortfall_unreached: 1 − the best known, overlap and what no learner of the study reaches. shortfall_data: the gap
    of the best learner or reference rule of the cell, on the same draws; at most the row's own gap. shortfall_learner:
    what the gap of this learner has beyond. Their sum is 1 − accuracy. The best one is chosen in one half of the
    replicates and measured in the other, both ways (:func:`of_the_best`): the least of several means would flatter it.
    Data and learner are NaN where a training of the learner diverged.
    """
    best = {cell: of_the_best(found.to_numpy()) for cell, found in gaps.groupby(["scale", "n"])}
    data = pd.Series([best[cell] for cell in zip(summary["scale"], summary["n"], strict=True)], summary.index)
    gap = summary[sharpest(summary, "gap_mean")]
    data = data.where(data < gap, gap)
    known = "best_known" not in summary
    best = sharpest(summary, "bayes_accuracy_mean") if known else "best_known_accuracy_mean"
    parts = {"overlap" if known else "unreached": 1 - summary[best], "data": data, "learner": gap - data}
    return summary.assign(**{f"shortfall_{part}": values for part, values in parts.items()})


def of_the_best(gaps: np.ndarray) -> float:
    """The mean gap of the best of several rules, with the choice made on other replicates.

    gaps: [R, K], of K rules in R replicates. A rule with a NaN, a training that diverged, is not chosen; NaN where all
    have one. Of a single replicate the least gap is given.
    """
    gaps = gaps[:, ~np.isnan(gaps).any(0)]
    if not gaps.size:
        return np.nan
    if len(gaps) == 1:
        return gaps.min()
    even, odd = gaps[::2], gaps[1::2]
    return np.concatenate([even[:, odd.mean(0).argmin()], odd[:, even.mean(0).argmin()]]).mean()
