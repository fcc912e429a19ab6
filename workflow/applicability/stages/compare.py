"""Stage compare: what a study's learners change against one of them, on the same draws."""

from pathlib import Path

import pandas as pd

from applicability.scores.replicates import summary_of
from applicability.storage import tables
from applicability.storage.tables import best_known, rows_of

PAIRED = ["scale", "n", "replicate"]


def compare(scores: Path, baseline: str, differences: Path) -> None:
    """Write a row per cell and learner other than the baseline, cell by cell from the largest help to the largest harm.

    difference: the learner's gap less the baseline's, in accuracy, below 0 where the learner is better; its mean, sd
    and 95 % t-interval over replicates (_mean, _sd, _low, _high), whose draws, and for networks of one shape initial
    weights and batch orders, are the same for both. The gap is the exact one in one dimension. diverged: in how many
    replicates the training of one of the two did; there is no difference then.
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
