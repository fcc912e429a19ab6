"""Figure gap: heatmap of learners' mean gap to the optimum over scale and n."""

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import best_known, grid_of, holds_zero

TOGETHER = "gaps"  # the figure of all learners side by side
CAPTION = """\
How far the mean accuracy of {{ findings.learners() }} stays below the best possible, in points (hundredths):
{{ findings.range("gap", ".2g", 100) }}. Hatched are the {{ findings.undecided() }} cells whose 95 % interval of the
mean over {{ findings.study.replicates }} replicates includes 0. {{ findings.diverged() }}

Hatched does not mean optimal: so few replicates cannot tell. A small gap does not mean a high accuracy, only that no
other rule would do much better on this task.
"""

LEAST, MOST = 0.01, 50  # points: limits of the logarithmic colour scale of every map


def draw(summary: pd.DataFrame, learners: list[str]) -> Figure:
    """Draw a map of the mean gap for each learner, in points (hundredths of accuracy).

    Cells whose interval includes 0 are hatched; cells in which a training diverged are crossed out.
    """
    bar = {"label": "optimum − accuracy, points", "ticks": [0.01, 0.1, 1, 10, 50], "format": "{x:g}"}
    look = heatmap.Look(style.MAP, LogNorm(LEAST, MOST), bar)
    return heatmap.draw_maps([gap_map(summary, learner) for learner in learners], style.title(summary), look)


def gap_map(summary: pd.DataFrame, learner: str) -> heatmap.Map:
    """The map of one learner's gaps, in points."""
    low, mean, high = (
        grid_of(summary, learner, best_known(summary, f"gap_{part}")) for part in ("low", "mean", "high")
    )
    grid, uncertain = 100 * mean, holds_zero(low, high)
    return heatmap.Map.of(summary, learner, grid.clip(lower=LEAST), grid.map(in_points), uncertain=uncertain)


def in_points(value: float) -> str:
    """A gap, given in points, with two digits."""
    return f"<{LEAST:g}" if value < LEAST else f"{value:#.2g}".rstrip(".")
