"""Maps of accuracies and of losses of accuracy: words and colours that several figures share.

Used by the figures accuracy, budget, gap and shortfall.
"""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.heatmap import Look, Map, draw_maps
from applicability.storage.tables import best_accuracies, grid_of, measure_of

LEAST, MOST = 0.01, 50  # points: limits of the logarithmic colours


def accuracies(maps: list[Map], title: str, summary: pd.DataFrame, optimum: pd.DataFrame, **options) -> Figure:
    """A figure of accuracy maps, with a column of the best possible, or best known, beside.

    maps: the panels, values between 0 and 1.
    title: above the figure.
    summary, optimum: the tables of these names of the study.
    options: of :func:`applicability.drawing.heatmap.draw_maps`.

    Colours run from guessing (0.5 of two groups that are alike) to 1 in every figure of a study.
    """
    look = Look(style.MAP, Normalize(optimum["guessing"].iloc[0], 1.0), {"label": "mean accuracy"})
    best, name = best_accuracies(summary, optimum), measure_of(summary).replace(" ", "\n")
    return draw_maps(maps, title, look, [best_column(best, name)], **options)


def best_column(best: pd.Series, name: str) -> Map:
    """The map, one column wide, of the best accuracy at each scale."""
    values = best.to_frame()
    return Map("", values, values.map(format_accuracy), [name], np.zeros(values.shape, bool))


def format_accuracy(value: float) -> str:
    """An accuracy (0 to 1) with three digits."""
    return f"{value:.3f}"


def in_points(summary: pd.DataFrame, learner: str, column: str, title: str = "") -> Map:
    """The map of a learner's losses of accuracy, in points (hundredths), drawn with the look of :func:`points`.

    summary, learner, title: as in :meth:`Map.of`. column: of summary, in accuracy.
    """
    grid = 100 * grid_of(summary, learner, column)
    return Map.of(summary, learner, grid.clip(lower=LEAST), grid.map(format_points), title)


def points(label: str) -> Look:
    """The look of maps of losses of accuracy, in points; colours are logarithmic, the same in every figure."""
    bar = {"label": f"{label}, points", "ticks": [0.01, 0.1, 1, 10, 50], "format": "{x:g}"}
    return Look(style.MAP, LogNorm(LEAST, MOST), bar)


def format_points(value: float) -> str:
    """A loss of accuracy, in points, with two digits."""
    return f"<{LEAST:g}" if value < LEAST else f"{value:#.2g}".rstrip(".")
