"""Stage compare: paired differences between learners' gaps and a baseline's, on the same draws."""

from pathlib import Path

import pandas as pd

from applicability.scores.replicates import summary_of
from applicability.storage import tables
from applicability.storage.tables import best_known, rows_of

PAIRED = ["scale", "n", "replicate"]


def compare(scores: Path, baseline: str, differences: Path) -> None:
    """Write the paired differences to the baseline, a row per cell and learner.

    scores: the table of a study's scores.
    baseline: the name of the learner that the others are held against.
    differences: the table to write. In each cell the learner that helps most comes first.

    Column `difference` is the learner's gap less the baseline's gap, in accuracy; below 0 the learner is better. Its
    mean, sd and 95 % t-interval over replicates end in _mean, _sd, _low and _high. Learner and baseline share the draws
    of each replicate; networks of one shape also share initial weights and batch orders. In one dimension gaps are
    exact. `diverged` counts the replicates in which either training diverged; then the difference is missing.
    """
    tables.write(differences_to(baseline, tables.read(scores, *tables.KEYS, "diverged", "steps")), differences)


def differences_to(baseline: str, scores: pd.DataFrame) -> pd.DataFrame:
    """The table of :func:`compare`."""
    gap = best_known(scores, "gap")
    base = rows_of(scores, "baseline", baseline).set_index(PAIRED)[[gap, "diverged"]]
    others = scores[scores["learner"] != baseline]
    base = base.loc[others[PAIRED].itertuples(index=False)].set_index(others.index)
    others = others.assign(difference=others[gap] - base[gap], diverged=others["diverged"] | base["diverged"])
    table = summary_of(others[[*tables.KEYS, "diverged", "steps", "difference"]])
    table.insert(2, "baseline", baseline)
    return table.sort_values(["scale", "n", "difference_mean"], kind="stable", ignore_index=True)
