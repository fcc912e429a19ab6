"""Figure samples of an example: its training draws."""

import numpy as np
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import shared_legend
from applicability.figures.samples import histogram, read, scatter
from applicability.study.cell import Cell

CAPTION = """\
The training draws of the worked example ``{{ example }}``: on a line histograms with the true densities, in the plane
points. The optimal rule sorts {{ "%.4f" % optimum }} of all draws right.

These are the draws of one seed: another has others.
"""

__all__ = ["draw", "read"]


def draw(samples: list[tuple[Cell, np.ndarray]]) -> Figure:
    """A histogram of both groups with their true densities; in the plane, points."""
    [(cell, draws)] = samples
    plane = draws.shape[-1] > 1
    figure = style.figure(style.COLUMN, style.COLUMN if plane else 2.4)
    axes = figure.subplots()
    if plane:
        scatter(axes, cell, draws, [0, 1])
    else:
        histogram(axes, cell, draws)
    xlabel, ylabel = style.PLANE if plane else (style.X, "count")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.locator_params(nbins=6)
    shared_legend(figure, axes)
    return figure
