"""Stage compare: paired differences between learners' gaps and a baseline's, on the same draws."""

from pathlib import Path

import pandas as pd

from applicability.scores.evidence import shows_half
from applicability.scores.replicates import CELL, summary_of
from applicability.storage import tables
from applicability.storage.tables import rows_of, sharpest

PAIRED = ["scale", "n", "replicate"]


def compare(scores: Path, baseline: str, differences: Path) -> None:
    """Write the paired differences to the baseline, a row per cell and learner.

    scores: the table of a study's scores.
    baseline: the name of the learner that the others are held against.
    differences: the table to write. In each cell the learner that helps most comes first.

    Column `difference` is the learner's gap less the baseline's gap, in accuracy; below 0 the learner is better. Its
    mean, sd and quartiles over replicates end in _mean, _sd, _q25, _median and _q75. Learner and baseline share the
    draws of each replicate; networks of one shape also share initial weights and batch orders. In one dimension gaps
    are exact. `diverged` counts the replicates in which either training diverged; then the difference is missing.
    `better` and `worse` count the replicates with a difference below and above 0. `shown` is −1 where at least half
    are shown to be better, 1 where worse, 0 else (:func:`applicability.scores.evidence.shows_half`).
    """
    tables.write(differences_to(baseline, tables.read(scores, *tables.KEYS, "diverged", "steps")), differences)


def differences_to(baseline: str, scores: pd.DataFrame) -> pd.DataFrame:
    """The table of :func:`compare`."""
    gap = sharpest(scores, "gap")
    base = rows_of(scores, "baseline", baseline).set_index(PAIRED)[[gap, "diverged"]]
    others = scores[scores["learner"] != baseline]
    base = base.loc[others[PAIRED].itertuples(index=False)].set_index(others.index)
    others = others.assign(difference=others[gap] - base[gap], diverged=others["diverged"] | base["diverged"])
    table = summary_of(others[[*tables.KEYS, "diverged", "steps", "difference"]])
    signs = others.assign(better=others["difference"] < 0, worse=others["difference"] > 0)
    counts = signs.groupby(CELL, sort=False)[["better", "worse"]].sum().reset_index(drop=True)
    better, worse = (shows_half(counts[name], table["replicates"]).astype(int) for name in ("better", "worse"))
    table = table.assign(**counts, shown=worse - better)
    table.insert(2, "baseline", baseline)
    return table.sort_values(["scale", "n", "difference_mean"], kind="stable", ignore_index=True)
