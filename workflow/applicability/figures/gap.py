"""Figure gap: how far learners stay below the optimum in every cell."""

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import best_known, grid_of

TOGETHER = "gaps"  # the figure of all learners side by side
CAPTION = """\
How far the mean accuracy of {{ findings.learners() }} stays below the best possible, in points (hundredths):
{{ findings.range("gap", ".2g", 100) }}. Hatched, in {{ findings.undecided() }} cells, is where the 95 % interval of
the mean over {{ findings.study.replicates }} replicates holds 0. {{ findings.diverged() }}

Hatched does not mean optimal, but that so few replicates cannot tell. A small gap does not mean a high accuracy, only
that no other rule would do much better on this task.
"""

LEAST, MOST = 0.01, 50  # points: the limits of the colours, logarithmic, the same in every map


def draw(summary: pd.DataFrame, learners: list[str]) -> Figure:
    """A map for each learner of its mean gap in points (hundredths of accuracy), hatched where the interval holds 0,
    crossed out where a training diverged."""
    bar = {"label": "optimum − accuracy, points", "ticks": [0.01, 0.1, 1, 10, 50], "format": "{x:g}"}
    look = heatmap.Look(style.MAP, LogNorm(LEAST, MOST), bar)
    return heatmap.draw_maps([gap_map(summary, learner) for learner in learners], style.title(summary), look)


def gap_map(summary: pd.DataFrame, learner: str) -> heatmap.Map:
    """The map of one learner."""
    mean, low = (grid_of(summary, learner, best_known(summary, f"gap_{part}")) for part in ("mean", "low"))
    grid = 100 * mean
    return heatmap.Map.of(summary, learner, grid.clip(lower=LEAST), grid.map(in_points), uncertain=low <= 0)


def in_points(value: float) -> str:
    """A gap in points with two digits."""
    return f"<{LEAST:g}" if value < LEAST else f"{value:#.2g}".rstrip(".")
