"""Figures of many panels: one for each cell, scales downwards and n across; or one for each of something, in rows."""

from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.wording import number

LABELS = 0.75, 0.95  # inches that the labels take of a figure's width and height


def panels(
    cells: Collection[tuple[float, int]],
    size: tuple[float, float],
    xlabel: str,
    *ylabels: str,
    square: bool = False,
    **options,
) -> tuple[Figure, dict[tuple[float, int], list[Axes]]]:
    """A figure and the axes of each cell (scale, n): as many below each other as there are labels for y.

    size: inches of one panel, if a page has so many. square: panels as high as they are wide. options: of matplotlib's
    subplots; unless they say otherwise, panels of a row share y.
    """
    scales, sizes = (sorted(set(values)) for values in zip(*cells, strict=True))
    rows = len(scales) * len(ylabels)
    width = width_for(len(sizes) * size[0])
    panel = (width - LABELS[0]) / len(sizes)
    figure = style.figure(width, max(2.2, LABELS[1] + rows * (panel if square else size[1])))
    grid = figure.subplots(rows, len(sizes), squeeze=False, **{"sharey": "row"} | options)
    titles = panel_titles("n =", sizes, panel)
    for axes, title in zip(grid[0], titles, strict=True):
        axes.set_title(title)
    beyond = max(0, style.extent(titles[-1], 8) - panel / 2) / 2  # the layout has no eye for the width of titles
    figure.get_layout_engine().set(rect=(0, 0, 1 - beyond / width, 1))
    high = (figure.get_figheight() - LABELS[1]) / len(scales)
    for place, title in enumerate(panel_titles("scale", scales, high)):
        first, *others = grid[place * len(ylabels) : (place + 1) * len(ylabels), 0]
        first.set_ylabel(title if len(ylabels) == 1 else f"{title}\n{ylabels[0]}")
        for axes, label in zip(others, ylabels[1:], strict=True):
            axes.set_ylabel(label)
    figure.supxlabel(xlabel)
    figure.supylabel(ylabels[0] if len(ylabels) == 1 else "")
    figure.align_ylabels(grid[:, 0])
    places = {
        (scale, n): list(grid[row * len(ylabels) : (row + 1) * len(ylabels), column])
        for row, scale in enumerate(scales)
        for column, n in enumerate(sizes)
    }
    return figure, places


def width_for(panels: float) -> float:
    """The width of a figure of panels that are so wide together, in inches."""
    return style.COLUMN if LABELS[0] + panels <= style.COLUMN else style.PAGE


def panel_titles(what: str, values: list[float], room: float) -> list[str]:
    """Numbers, each with what it is where so many inches are room for that, else the first alone."""
    full = [f"{what} {number(value)}" for value in values]
    fits = max(style.extent(words, 8) for words in full) + 0.05 <= room
    return full if fits else [full[0], *map(number, values[1:])]


def in_rows(count: int, most: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure of so many panels that share their axes, at most so many beside each other; size: inches of a panel."""
    across = min(most, count)
    down = -(-count // across)
    figure = style.figure(width_for(across * size[0]), LABELS[1] + down * size[1])
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[count:]:
        axes.set_axis_off()
    for axes in grid.flat[:count][-across:]:
        axes.tick_params(labelbottom=True)  # also above an empty place
    return figure, list(grid.flat[:count])


def replicates(axes: Axes, x, y, learner: str, group: str | None = None, **line) -> None:
    """A thin line for each replicate of a learner, in one colour and with one label; y is [P, R]. `group` names whose
    it is, where there are several."""
    lines = axes.plot(x, y, **{"color": style.LEARNERS[0], "linewidth": 0.5, "alpha": 0.7} | line)
    lines[0].set_label(f"{group} by {learner}" if group else f"{learner}, a line for each replicate")


def note_diverged(axes: Axes, gone: np.ndarray) -> None:
    """Say in how many replicates of a panel the training diverged; gone [R]: whether it did."""
    if gone.any():
        corner = {"ha": "left", "va": "top", "transform": axes.transAxes}
        style.note(axes, 0.03, 0.97, f"diverged {gone.sum()} of {len(gone)}", **corner)


def shared_legend(figure: Figure, axes: Axes) -> None:
    """The labels of one panel, once, above all panels."""
    style.legend(figure, *axes.get_legend_handles_labels())
