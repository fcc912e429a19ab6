"""Figure gap: how far a learner stays below the optimum in every cell."""

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from applicability.figures import heatmap, style
from applicability.summarise import best_known, grid_of

LEAST, MOST = 0.01, 50  # points: the limits of the colours, logarithmic, the same in every map


def draw(summary: pd.DataFrame, learner: str) -> Figure:
    """Heatmap of one learner's mean gap in points (hundredths of accuracy), hatched where its interval holds 0,
    crossed out where a training diverged."""
    grid = 100 * grid_of(summary, learner, best_known(summary, "gap_mean"))
    figure, axes = heatmap.canvas(*grid.shape)
    heatmap.heatmap(
        axes,
        grid.clip(lower=LEAST),
        grid.map(points),
        norm=LogNorm(LEAST, MOST),
        **{"vmin": LEAST, "vmax": MOST},  # which seaborn looks for in the numbers, even where there are none
        cbar_kws={"label": "optimum − accuracy, points", "ticks": [0.01, 0.1, 1, 10, 50], "format": "{x:g}"},
    )
    heatmap.hatch(axes, (grid_of(summary, learner, best_known(summary, "gap_low")) <= 0).to_numpy())
    heatmap.diverged(axes, summary, learner)
    axes.set_title(style.title(summary, learner))
    return figure


def points(value: float) -> str:
    """A gap in points with two digits."""
    return f"<{LEAST:g}" if value < LEAST else f"{value:#.2g}".rstrip(".")
