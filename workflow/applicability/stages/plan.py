"""Stage plan: the training draws per group that a learner needs for a given gap."""

from pathlib import Path

import numpy as np
import pandas as pd

from applicability.randomness import generator
from applicability.storage import tables
from applicability.storage.tables import best_known

GAPS = [0.01, 0.005, 0.001]  # in accuracy: 1, 0.5 and 0.1 points

RESAMPLES = 1000

INTERVAL = [2.5, 97.5]  # percentiles

BEYOND = 10  # times the grid's ends: further out a power law is no guide

MISFIT = np.log(2)  # largest root mean square residual of the logarithms: a power law that fits worse is no guide


def plan(scores: Path, summary: Path, optimum: Path, planning: Path, seed: str = "0") -> None:
    """Write the sample sizes needed for each gap, a row per learner, scale and gap.

    scores, summary, optimum: the tables of these names of a study.
    planning: the table to write.
    seed: of the bootstrap.

    needed: the smallest n of the grid from which on the upper limit of the mean gap stays within `gap`. `> n`, with the
    largest n of the grid, where no n does; missing where a training diverged at the largest n.
    fitted_n: the n at which a power law, gap = A·n^−slope, reaches `gap`. The law is fitted to the mean gaps by least
    squares of the logarithms, without cells in which a training diverged. fitted_n and slope have 95 % bootstrap
    intervals over replicates (_low, _high). fitted_n is missing where misfit is above ln 2, where the gaps do not fall,
    and where fitted_n lies more than tenfold beyond the grid.
    misfit: root mean square of the residuals of the logarithms.
    theory_n: c/gap, what the plug-in rule needs; missing where c/n does not yet hold with so few draws.

    With few replicates, needed can be too small: a rare large gap (groups swapped, a training failed) may occur in no
    replicate, and the t-interval of ten skewed values covers less than 95 %.
    """
    scores = tables.read(scores, *tables.KEYS)
    summary = tables.read(summary, "study", "learner", "scale", "n")
    optimum = tables.read(optimum, "scale", "plugin_constant", "plugin_from")
    tables.write(planned(scores, summary, optimum, int(seed)), planning)


def planned(scores: pd.DataFrame, summary: pd.DataFrame, optimum: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The table of :func:`plan`. In one dimension gaps are exact."""
    laws = optimum.set_index("scale")[["plugin_constant", "plugin_from"]]
    rows = []
    for (study, learner, scale), cells in summary.groupby(["study", "learner", "scale"], sort=False):
        here = scores[(scores["learner"] == learner) & (scores["scale"] == scale)]
        gaps = here.pivot(index="replicate", columns="n", values=best_known(scores, "gap"))
        gaps.loc[:, gaps.isna().any()] = np.nan  # a cell in which a training diverged
        sizes = cells["n"].to_numpy()
        slopes, levels, misfits = power_laws(resampled_means(gaps.to_numpy(), seed), sizes)
        constant, least = laws.loc[scale]
        for gap in GAPS:
            row = {"study": study, "learner": learner, "scale": scale, "gap": gap}
            row["needed"] = needed(sizes, cells[best_known(cells, "gap_high")].to_numpy(), gap)
            if cells["diverged"].iloc[-1]:
                row["needed"] = np.nan
            fitted = sizes_at(gap, slopes, levels)
            if misfits[0] > MISFIT or not sizes[0] / BEYOND <= fitted[0] <= sizes[-1] * BEYOND:
                fitted[:] = np.nan
            row |= with_interval("fitted_n", fitted) | with_interval("slope", slopes)
            theory = constant / gap if constant / gap >= least else np.nan
            rows.append(row | {"misfit": misfits[0], "theory_n": theory})
    return pd.DataFrame(rows)


def needed(sizes: np.ndarray, limits: np.ndarray, gap: float) -> str:
    """The smallest size from which on all limits are within a gap, or `> largest`.

    Sizes rise. A limit that is NaN is not within.
    """
    within = np.logical_and.accumulate((limits <= gap)[::-1])[::-1]
    return str(sizes[within.argmax()]) if within.any() else f"> {sizes[-1]}"


def resampled_means(gaps: np.ndarray, seed: int) -> np.ndarray:
    """Mean gaps of bootstrap resamples, [1 + RESAMPLES, N], of gaps [R, N].

    The first row is the mean of all replicates. Whole replicates are resampled: their gaps at several n share draws.
    """
    replicates = len(gaps)
    chosen = generator(seed, "bootstrap").integers(replicates, size=(RESAMPLES, replicates))
    return np.vstack([gaps.mean(0), gaps[chosen].mean(1)])


def power_laws(means: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least squares fits of power laws gap = level·n^−slope: slopes, ln levels and misfits [B].

    means: gaps [B, N] at sizes [N]. Gaps of 0 or less have no logarithm and are left out; NaN where fewer than three
    are left.
    """
    weight = (means > 0).astype(float)
    weight[weight.sum(1) < 3] = np.nan
    x, y = np.log(sizes), np.log(np.where(means > 0, means, 1))

    def mean(values: np.ndarray) -> np.ndarray:
        return ((weight * values).sum(1) / weight.sum(1))[:, None]

    across, along = x - mean(x), y - mean(y)
    slopes = -mean(across * along) / mean(across**2)
    misfits = np.sqrt(mean((along + slopes * across) ** 2))
    levels = mean(y) + slopes * mean(x)
    return slopes[:, 0], levels[:, 0], misfits[:, 0]


def sizes_at(gap: float, slopes: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The n [B] at which power laws reach a gap; inf without a fall."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.where(slopes > 0, np.exp((levels - np.log(gap)) / slopes), np.inf)


def with_interval(name: str, values: np.ndarray) -> dict[str, float]:
    """The estimate values[0] and its bootstrap interval from values[1:], as three columns."""
    low, high = np.percentile(values[1:], INTERVAL, method="nearest")
    return {name: values[0], f"{name}_low": low, f"{name}_high": high}
