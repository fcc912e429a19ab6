"""Figure samples of an example: its training draws."""

import numpy as np
from matplotlib.figure import Figure

from applicability.figures.samples import histogram, points, read
from applicability.study import Cell

__all__ = ["draw", "read"]


def draw(cells: list[tuple[Cell, np.ndarray]]) -> Figure:
    """A histogram of both groups with their true densities; in the plane, points."""
    [(cell, draws)] = cells
    plane = draws.shape[-1] > 1
    figure = Figure(figsize=(3.4, 3.4) if plane else (5, 3), layout="constrained")
    axes = figure.subplots()
    (points if plane else histogram)(axes, cell, draws)
    xlabel, ylabel = ("x₁", "x₂") if plane else ("X", "count")
    axes.set(xlabel=xlabel, ylabel=ylabel)
    axes.locator_params(nbins=8)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure
