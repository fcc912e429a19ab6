"""Figure accuracy: the map of learners' mean accuracy over scale and n, beside the best possible."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import grid_of


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, learners: list[str]) -> Figure:
    """A map for each learner of `accuracy_mean` (sampled), with the optimum of each scale as a last column."""
    grids = {learner: grid_of(summary, learner, "accuracy_mean") for learner in learners}
    maps = [heatmap.Map.of(summary, learner, grid, grid.map(heatmap.accuracy)) for learner, grid in grids.items()]
    return heatmap.accuracies(maps, style.title(summary), optimum, "mean accuracy on test draws")
