"""A grid of panels, one for each cell: scales downwards, n across."""

from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.figures import style


def panels(
    cells: Collection[tuple[float, int]], size: tuple[float, float], xlabel: str, *ylabels: str, **options
) -> tuple[Figure, dict[tuple[float, int], list[Axes]]]:
    """A figure and the axes of each cell (scale, n): as many below each other as there are labels for y.

    size: inches of one panel. options: of matplotlib's subplots; unless they say otherwise, panels of a row share y.
    """
    scales, sizes = (sorted(set(values)) for values in zip(*cells, strict=True))
    rows = len(scales) * len(ylabels)
    figure = Figure(figsize=(0.9 + size[0] * len(sizes), 0.9 + size[1] * rows), layout="constrained")
    grid = figure.subplots(rows, len(sizes), squeeze=False, **{"sharey": "row"} | options)
    for axes, n in zip(grid[0], sizes, strict=True):
        axes.set_title(f"n = {style.number(n)}")
    for row, axes in enumerate(grid[:, 0]):
        scale, label = scales[row // len(ylabels)], ylabels[row % len(ylabels)]
        axes.set_ylabel(f"scale {style.number(scale)}\n{label}" if label == ylabels[0] else label)
    for axes in grid[-1]:
        axes.set_xlabel(xlabel)
    figure.align_ylabels(grid[:, 0])
    places = {
        (scale, n): list(grid[row * len(ylabels) : (row + 1) * len(ylabels), column])
        for row, scale in enumerate(scales)
        for column, n in enumerate(sizes)
    }
    return figure, places


def replicates(axes: Axes, x, y, learner: str, group: str | None = None, **line) -> None:
    """A thin line for each replicate of a learner, in one colour and with one label; y is [P, R]. `group` names whose
    it is, where there are several."""
    lines = axes.plot(x, y, **{"color": style.LEARNERS[0], "linewidth": 0.5, "alpha": 0.7} | line)
    lines[0].set_label(f"{group} by {learner}" if group else f"{learner}, a line for each replicate")


def diverged(axes: Axes, gone: np.ndarray) -> None:
    """Say in how many replicates of a panel the training diverged; gone [R]: whether it did."""
    if gone.any():
        corner = {"ha": "left", "va": "top", "transform": axes.transAxes}
        style.note(axes, 0.03, 0.97, f"diverged {gone.sum()} of {len(gone)}", **corner)


def legend(figure: Figure, axes: Axes) -> None:
    """The labels of one panel, once, above all panels, in as many columns as the figure is wide for.

    The figure grows for more than two rows of them.
    """
    handles, labels = axes.get_legend_handles_labels()
    width = 0.5 + 0.07 * max(map(len, labels))  # inches of the longest
    columns = max(1, min(len(labels), int(figure.get_figwidth() / width)))
    rows = -(-len(labels) // columns)
    figure.set_figheight(figure.get_figheight() + 0.16 * max(0, rows - 2))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, frameon=False)
