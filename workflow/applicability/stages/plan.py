"""Stage plan: the training draws per group that a learner needs for a given gap."""

from pathlib import Path

import numpy as np
import pandas as pd

from applicability.scores.evidence import FEWEST, gaps_of, median_limit
from applicability.storage import tables

GAPS = [0.01, 0.005, 0.001]  # in accuracy: 1, 0.5 and 0.1 points

LEAST = 5  # sizes with a gap above 0 that a power law takes

BEYOND = 2  # times the grid's ends: further out a power law is no guide

MISFIT = np.log(2)  # largest root mean square residual of the logarithms: a power law that fits worse is no guide


def plan(scores: Path, optimum: Path, planning: Path) -> None:
    """Write the sample sizes needed for each gap, a row per learner, scale and gap.

    scores, optimum: the tables of these names of a study.
    planning: the table to write.

    needed: the smallest n of the grid from which on at least half of the trainings are shown to be within `gap`
    (:func:`applicability.scores.evidence.median_limit`). `> n`, with the largest n of the grid, where no n does;
    missing with fewer than 5 replicates, which never show half.
    fitted_n: the n at which a power law, gap = A·n^−slope, reaches `gap`. The law is fitted by least squares of the
    logarithms to the upper limits of the median gaps, which decide `needed`. misfit: root mean square of its residuals.
    unfitted: why fitted_n is missing: `fewer than 5 sizes` with a limit above 0; `no power law`, where misfit is above
    ln 2 or the limits do not fall; `beyond the grid`, by more than a factor of 2; `against the table`, where fitted_n
    is below an n that is not shown to suffice, or above `needed`.
    theory_n: c/gap, what the plug-in rule needs; missing where c/n does not yet hold with so few draws.
    """
    scores = tables.read(scores, *tables.KEYS)
    optimum = tables.read(optimum, "scale", "plugin_constant", "plugin_from")
    tables.write(planned(scores, optimum), planning)


def planned(scores: pd.DataFrame, optimum: pd.DataFrame) -> pd.DataFrame:
    """The table of :func:`plan`. In one dimension gaps are exact.

    Where gaps are to the best known, that learner has none at the largest n, which says nothing: that n is left out.
    """
    laws = optimum.set_index("scale")[["plugin_constant", "plugin_from"]]
    study, every = scores["study"].iloc[0], gaps_of(scores)
    best = scores.groupby("scale")["best_known"].first() if "best_known" in scores else {}
    rows = []
    for learner in scores["learner"].unique():
        for scale, found in every[learner].groupby("scale"):
            if scale in best and best[scale] == learner:
                found = found.drop(index=scores["n"].max(), level="n")
            gaps = found.unstack("replicate").to_numpy()  # [N, R]
            sizes = found.index.unique("n").to_numpy()
            limits = median_limit(gaps)
            slope, level, misfit = power_law(limits, sizes)
            constant, least = laws.loc[scale]
            for gap in GAPS:
                fitted = size_at(gap, slope, level)
                why = unfitted(fitted, misfit, sizes, limits <= gap)
                row = {"study": study, "learner": learner, "scale": scale, "gap": gap}
                row["needed"] = "" if gaps.shape[1] < FEWEST else needed(sizes, limits <= gap)
                row |= {"fitted_n": np.nan if why else fitted, "unfitted": why, "slope": slope, "misfit": misfit}
                rows.append(row | {"theory_n": constant / gap if constant / gap >= least else np.nan})
    return pd.DataFrame(rows)


def needed(sizes: np.ndarray, suffices: np.ndarray) -> str:
    """The smallest of rising sizes [N] from which on all suffice, or `> largest`."""
    enough = sizes[onwards(suffices)]
    return str(enough[0]) if len(enough) else f"> {sizes[-1]}"


def onwards(suffices: np.ndarray) -> np.ndarray:
    """From which of rising sizes on all suffice, [N]."""
    return np.logical_and.accumulate(suffices[::-1])[::-1]


def power_law(gaps: np.ndarray, sizes: np.ndarray) -> tuple[float, float, float]:
    """The least squares fit of a power law gap = level·n^−slope: slope, ln level and misfit.

    gaps: [N] at sizes [N]. A gap of 0 or less has no logarithm and is left out, as one of NaN is; NaN where fewer than
    LEAST are left.
    """
    there = gaps > 0
    if there.sum() < LEAST:
        return np.nan, np.nan, np.nan
    x, y = np.log(sizes[there]), np.log(gaps[there])
    slope, level = np.polyfit(x, y, 1)
    return -slope, level, np.sqrt(np.mean((level + slope * x - y) ** 2))


def size_at(gap: float, slope: float, level: float) -> float:
    """The n at which a power law reaches a gap; inf without a fall, NaN without a law."""
    with np.errstate(over="ignore"):
        return np.exp((level - np.log(gap)) / slope) if not slope <= 0 else np.inf


def unfitted(fitted: float, misfit: float, sizes: np.ndarray, suffices: np.ndarray) -> str:
    """Why a fitted n is no guide, in the words of :func:`plan`; empty where it is one."""
    failed, enough = sizes[~suffices], sizes[onwards(suffices)]
    if np.isnan(fitted):
        return f"fewer than {LEAST} sizes"
    if misfit > MISFIT or np.isinf(fitted):
        return "no power law"
    if not sizes[0] / BEYOND <= fitted <= sizes[-1] * BEYOND:
        return "beyond the grid"
    return "against the table" if (fitted < failed).any() or (fitted > enough).any() else ""
