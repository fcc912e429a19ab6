"""Heatmaps over scale and n, one look for all of them."""

import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from seaborn.utils import relative_luminance

from applicability.figures import style
from applicability.summarise import grid_of

MIDDLE = 0.18  # relative luminance on which black and white have the same contrast


def canvas(rows: int, columns: int) -> tuple[Figure, Axes]:
    """A figure for one map of so many cells."""
    size = max(3.4, 1.9 + 0.48 * columns), max(2.2, 1.2 + 0.28 * rows)  # inches; the labels need so much
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots()


def heatmap(axes: Axes, grid: pd.DataFrame, words: pd.DataFrame, **options) -> None:
    """A map of a grid (a row per scale, a column per n) with a word in each cell; options of seaborn.heatmap."""
    seaborn.heatmap(
        grid,
        ax=axes,
        cmap=options.pop("cmap", style.MAP),
        annot=words.to_numpy(),
        fmt="",
        annot_kws={"size": 6.5},
        linewidths=0.5,
        xticklabels=[style.number(n) if not isinstance(n, str) else n for n in grid.columns],
        yticklabels=[style.number(scale) for scale in grid.index],
        **options,
    )
    for text, colour in with_colours(axes, grid.shape):
        text.set_color("black" if relative_luminance(colour) > MIDDLE else "white")
    axes.set(xlabel=style.N, ylabel=style.SCALE)
    axes.tick_params(length=0, axis="both", rotation=0)


def accuracies(axes: Axes, grid: pd.DataFrame, optimum: pd.DataFrame, **options) -> None:
    """A map of accuracies; the limits of the colours are guessing (0.5 of two groups) and 1 in every one of a study."""
    heatmap(axes, grid, grid.map("{:.3f}".format), vmin=optimum["guessing"].iloc[0], vmax=1.0, **options)


def hatch(axes: Axes, cells: np.ndarray) -> None:
    """Hatch the cells [rows, columns] that are true, behind their words."""
    for text, colour in with_colours(axes, cells.shape):
        text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 0.8})
    for row, column in np.argwhere(cells):
        fill(axes, row, column, "////")


def diverged(axes: Axes, summary: pd.DataFrame, learner: str, size: float = 5.5) -> None:
    """Cross out the cells of a learner in which trainings diverged, and say in how many of the replicates."""
    counts, total = grid_of(summary, learner, "diverged").to_numpy(), summary["replicates"].iloc[0]
    for row, column in np.argwhere(counts > 0):
        fill(axes, row, column, "xxxxx", inset=0.03)
        style.note(axes, column + 0.5, row + 0.5, f"diverged\n{counts[row, column]} of {total}", size=size)


def fill(axes: Axes, row: int, column: int, hatch: str, inset: float = 0) -> None:
    """Hatch a cell, but for a margin of so much of it."""
    x, low, high = [column + inset, column + 1 - inset], row + inset, row + 1 - inset
    axes.fill_between(x, low, high, facecolor="none", edgecolor="0.6", hatch=hatch, linewidth=0)


def with_colours(axes: Axes, shape: tuple[int, int]) -> list[tuple[Text, np.ndarray]]:
    """The words of a map of that shape, each with the colour of its cell; cells without a value have no word."""
    colours = axes.collections[0].get_facecolors().reshape(*shape, 4)
    return [(text, colours[int(text.get_position()[1]), int(text.get_position()[0])]) for text in axes.texts]
