"""Figures of many panels: one for each cell, scale by n; or in rows."""

from collections.abc import Collection

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.wording import number

LABELS = 0.75, 0.95  # inches of a figure's width and height that the labels take


def panels(
    cells: Collection[tuple[float, int]],
    size: tuple[float, float],
    xlabel: str,
    *ylabels: str,
    square: bool = False,
    **options,
) -> tuple[Figure, dict[tuple[float, int], list[Axes]]]:
    """A figure with a panel for each cell, scales downwards and n across.

    cells: (scale, n) of each cell.
    size: width and height of a panel, inches; panels are narrower where a page has no room.
    xlabel: below the figure.
    ylabels: one for each of the axes that a cell has below each other.
    square: whether panels are as high as they are wide.
    options: of matplotlib's subplots; by default the panels of a row share y.
    Returns the figure and, for each cell, its axes, one for each of ylabels.
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
    beyond = max(0, style.extent(titles[-1], 8) - panel / 2) / 2  # the layout ignores the width of titles
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
    """The width of a figure, inches, whose panels together are so wide."""
    return style.COLUMN if LABELS[0] + panels <= style.COLUMN else style.PAGE


def panel_titles(what: str, values: list[float], room: float) -> list[str]:
    """Titles such as `n = 30`, for panels so many inches wide.

    Where room is short only the first has its name before the number.
    """
    full = [f"{what} {number(value)}" for value in values]
    fits = max(style.extent(words, 8) for words in full) + 0.05 <= room
    return full if fits else [full[0], *map(number, values[1:])]


def in_rows(count: int, most: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure of panels in rows, which share their axes.

    count: how many panels.
    most: how many side by side at most.
    size: width and height of a panel, inches.
    Returns the figure and the axes of the panels.
    """
    down = -(-count // most)
    across = -(-count // down)  # rows of equal length, as far as they can be
    figure = style.figure(width_for(across * size[0]), LABELS[1] + down * size[1])
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[count:]:
        axes.set_axis_off()
    for axes in grid.flat[:count][-across:]:
        axes.tick_params(labelbottom=True)  # the lowest panel of a column, even above an empty place
    return figure, list(grid.flat[:count])


def replicates(axes: Axes, x, y, learner: str, group: str | None = None, **line) -> None:
    """Draw a thin line for each replicate of a learner, all with one label.

    axes: where to draw.
    x, y: coordinates [P] and [P, R].
    learner: its name, for the label.
    group: the group whose probability y is, for the label, where a panel shows several.
    line: options of matplotlib's plot.
    """
    lines = axes.plot(x, y, **{"color": style.LEARNERS[0], "linewidth": 0.5, "alpha": 0.7} | line)
    lines[0].set_label(f"{group} by {learner}" if group else f"{learner}, a line for each replicate")


def note_diverged(axes: Axes, gone: np.ndarray) -> None:
    """Note in a panel how many trainings diverged; gone [R]: whether each did."""
    if gone.any():
        corner = {"ha": "left", "va": "top", "transform": axes.transAxes}
        style.note(axes, 0.03, 0.97, f"diverged {gone.sum()} of {len(gone)}", **corner)


def shared_legend(figure: Figure, axes: Axes) -> None:
    """Draw one legend above all panels, with the labels of the panel axes."""
    style.legend(figure, *axes.get_legend_handles_labels())
