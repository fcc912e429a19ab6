"""Figure accuracy: the map of a learner's mean accuracy over scale and n, beside the best possible."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.figures import heatmap, style
from applicability.summarise import grid_of


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, learner: str) -> Figure:
    """Heatmap of one learner's `accuracy_mean` (sampled), with the optimum of each scale as a last column."""
    best = optimum.set_index("scale")["accuracy"]
    grid = grid_of(summary, learner, "accuracy_mean").assign(optimum=best)
    figure, axes = heatmap.canvas(*grid.shape)
    heatmap.accuracies(axes, grid, optimum, cbar_kws={"label": "mean accuracy on test draws"})
    heatmap.diverged(axes, summary, learner)
    axes.axvline(grid.shape[1] - 1, color="white", linewidth=4)
    axes.set_title(style.title(summary, learner))
    return figure
