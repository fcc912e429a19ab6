"""Heatmaps over scale and n, a panel for each learner, all drawn alike.

Used by the figures accuracy, budget, gap, share, shortfall and verdict.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from seaborn.utils import relative_luminance

from applicability.drawing import style
from applicability.storage.tables import grid_of
from applicability.wording import number

ROW = 0.25  # inches: height of a row of cells where a page has room for it
AROUND = 0.05  # inches that a word leaves free of its cell
MIDDLE = 0.18  # relative luminance on which black and white have the same contrast
HATCH = "xxxxx"  # of a cell in which a training diverged
DIVERGED = "training diverged"
SAID = ", in so many replicates"  # only where cells have words, which give the number
OUTLINE = {"fill": False, "edgecolor": "black", "linewidth": 1.5}  # of rows that are marked


@dataclass(frozen=True)
class Map:
    """What one panel shows: tables with a row per scale and a column per n."""

    title: str
    values: pd.DataFrame  # drawn as colours; no colour where NaN
    words: pd.DataFrame
    names: list[str]  # below the columns
    diverged: np.ndarray  # which cells [rows, columns] are hatched
    marked: Sequence[int] = ()  # rows, in order, that are outlined, those side by side together

    @classmethod
    def of(
        cls,
        summary: pd.DataFrame,
        learner: str,
        values: pd.DataFrame,
        words: pd.DataFrame,
        title: str = "",
        below: Iterable[str] = (),
        marked: Iterable[float] = (),
    ) -> Self:
        """The map of a learner; a cell without a value, as trainings diverged, says how many did.

        summary: summary.csv of the study.
        learner: whose map it is.
        values, words: the colour and the word of each cell, a row per scale and a column per n.
        title: above the panel; without it, the learner's name.
        below: words at each n, a second line below n.
        marked: scales whose rows are outlined.
        """
        gone, total = grid_of(summary, learner, "diverged"), summary["replicates"].iloc[0]
        diverged = (gone > 0) & values.isna()
        words = words.where(~diverged, gone.map(lambda count: f"{count}/{total}"))
        names = [number(n) for n in values.columns]
        names = [f"{n}\n{text}" for n, text in zip(names, below, strict=True)] if below else names
        rows = np.flatnonzero(values.index.isin(list(marked)))
        return cls(title or learner, values, words, names, diverged.to_numpy(), rows)


@dataclass(frozen=True)
class Look:
    """What the colours of maps stand for."""

    cmap: Colormap | str
    norm: Normalize
    bar: dict = field(default_factory=dict)  # options of the colour bar above the maps; none without
    named: dict[str, str] = field(default_factory=dict)  # name -> colour, for the legend where cells have no words
    mark: str = ""  # what an outlined row means


def draw_maps(maps: list[Map], title: str, look: Look, aside: Sequence[Map] = (), xlabel: str = style.N) -> Figure:
    """A figure of maps, a panel each, with words in the cells where these fit.

    maps: the panels, of one grid.
    title: above the figure.
    look: what the colours stand for.
    aside: maps one column wide, drawn beside the others.
    xlabel: below the figure.

    The first of the :func:`shapes` is taken in which each cell has room for its word, or for its :func:`shorter` form.
    Where there is no such shape, cells stay without words.
    """
    swatches = []
    if any(each.diverged.any() for each in maps):
        swatches.append(Patch(fc="none", ec="0.5", lw=0, hatch=HATCH, label=DIVERGED + SAID))
    if any(len(each.marked) for each in maps):
        swatches.append(Patch(**OUTLINE, label=look.mark))
    least = min(widest([*maps, *aside], form) for form in (str, shorter)), style.SMALL / 72
    rough = {shape: cell_of(*shape, len(maps), maps[0].values.shape, len(aside)) for shape in shapes(len(maps))}
    for shape in [shape for shape, cell in rough.items() if np.all(np.add(least, AROUND) < cell)]:
        figure, places = laid_out(maps, aside, title, look, xlabel, swatches, *shape)
        figure.draw_without_rendering()
        for form in (str, shorter):
            if all(has_room(axes, each, form, shape[0]) for axes, each in places):
                return written(figure, places, form)
    for swatch in swatches:
        swatch.set_label(swatch.get_label().removesuffix(SAID))
    swatches = [Patch(color=colour, label=name) for name, colour in look.named.items()] + swatches
    shape = max(rough, key=lambda shape: min(rough[shape]))
    return written(*laid_out(maps, aside, title, look, xlabel, swatches, *shape), None)


def shapes(panels: int) -> list[tuple[float, int]]:
    """Possible figures, best first: width in inches, number of panels side by side."""
    across = sorted({-(-panels // rows) for rows in range(1, panels + 1)}, reverse=True)
    return [(style.COLUMN, panels), *((style.PAGE, count) for count in across)]


def cell_of(width: float, across: int, panels: int, cells: tuple[int, int], aside: int) -> tuple[float, float]:
    """A guess of a cell's width and height, in inches, before anything is laid out."""
    rows, columns = cells
    wide = ((width - 0.4 - 0.4 * aside) / across - 0.05) / columns
    high = ((style.TALLEST - 1.3) / -(-panels // across) - 0.4) / rows
    return wide, min(ROW, high)


def laid_out(
    maps: list[Map],
    aside: list[Map],
    title: str,
    look: Look,
    xlabel: str,
    swatches: list[Patch],
    width: float,
    across: int,
) -> tuple[Figure, list[tuple[Axes, Map]]]:
    """A figure of maps, not yet with words, and its axes, each with its map."""
    (rows, columns), down = maps[0].values.shape, -(-len(maps) // across)
    room = (width - 0.6) * columns / (across * columns + len(aside)) - 0.4  # letters have the rest
    titles = [style.wrapped(each.title, room) for each in maps] + [""] * len(aside) * down
    lines = max(above.count("\n") for above in titles) + max(name.count("\n") for name in maps[0].names)
    height = 0.9 + 0.4 * bool(look.bar) + 0.2 * bool(swatches) + down * (0.45 + 0.13 * lines + rows * ROW)
    height = min(style.TALLEST, height)
    figure = style.figure(width, height)
    ratios = {"width_ratios": [columns] * across + [1] * len(aside)}
    grid = figure.subplots(down, across + len(aside), squeeze=False, sharey=True, **ratios)
    panels = list(grid[:, :across].flat)
    for axes in panels[len(maps) :]:
        axes.set_axis_off()
    places = list(zip(panels, maps, strict=False)) + [(axes, each) for each in aside for axes in grid[:, -1]]
    for (axes, each), above in zip(places, titles, strict=True):
        mesh = heatmap(axes, each, look)
        axes.set_title(above)
    for axes in grid[:, 1:].flat:
        axes.tick_params(labelleft=False)
    if look.bar:
        figure.colorbar(
            mesh, ax=grid, location="top", shrink=style.COLUMN / width, aspect=40, pad=0.08 / height, **look.bar
        )
    figure.suptitle(style.wrapped(title, width - 0.1))
    figure.supylabel(style.SCALE)
    style.letters(panels[: len(maps)])
    xlabel = style.wrapped(xlabel, width - 0.1)
    if swatches:
        style.legend(figure, swatches, [swatch.get_label() for swatch in swatches], "lower", xlabel)
    else:
        figure.supxlabel(xlabel)
    return figure, places


def heatmap(axes: Axes, each: Map, look: Look) -> QuadMesh:
    """Draw a map's colours, hatches and tick labels; the coloured cells."""
    limits = {"vmin": look.norm.vmin, "vmax": look.norm.vmax}  # else seaborn takes the limits from the values
    names = {"xticklabels": each.names, "yticklabels": [number(scale) for scale in each.values.index]}
    look_of_cells = {"cmap": look.cmap, "norm": look.norm, "linewidths": 0.5, "linecolor": "white", "cbar": False}
    seaborn.heatmap(each.values.astype(float), ax=axes, **look_of_cells, **limits, **names)
    mesh = axes.collections[0]
    mesh.update_scalarmappable()  # now, as words and hatches need the colours of cells
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0, rotation=0)
    for row, column in np.argwhere(each.diverged):
        area = [column + 0.03, column + 0.97], row + 0.03, row + 0.97
        lines = {"edgecolor": on(mesh, row, column), "alpha": 0.5, "hatch": HATCH, "linewidth": 0}
        axes.fill_between(*area, facecolor="none", **lines)
    for rows in np.split(each.marked, np.flatnonzero(np.diff(each.marked) > 1) + 1) if len(each.marked) else []:
        block = Rectangle((0, rows[0]), each.values.shape[1], len(rows), clip_on=False, zorder=3, **OUTLINE)
        axes.add_patch(block)
    return mesh


def colour_of(mesh: QuadMesh, row: int, column: int) -> np.ndarray:
    """The colour of a cell; white where it has none."""
    *colour, alpha = mesh.get_facecolors().reshape(*mesh.get_array().shape, 4)[row, column]
    return np.array(colour) if alpha else np.ones(3)


def on(mesh: QuadMesh, row: int, column: int) -> str:
    """Black or white, whichever has more contrast on a cell."""
    return "black" if relative_luminance(colour_of(mesh, row, column)) > MIDDLE else "white"


def widest(maps: list[Map], form: Callable[[str], str]) -> float:
    """The width of the widest word of maps, in inches."""
    return max(style.extent(form(word)) for each in maps for word in set(each.words.to_numpy().ravel()))


def has_room(axes: Axes, each: Map, form: Callable[[str], str], page: float) -> bool:
    """Whether the words of a map fit into its cells, as laid out.

    In a figure of a column's width the tick labels must fit too: the layout thins them out where they do not.
    """
    width, height = axes.bbox.size / axes.figure.dpi / each.values.shape[::-1]
    named = page == style.PAGE or len(axes.get_xticks()) == len(each.names)
    return named and widest([each], form) + AROUND <= width and height >= style.SMALL / 72 + AROUND


def written(figure: Figure, places: list[tuple[Axes, Map]], form: Callable[[str], str] | None) -> Figure:
    """The figure with its words written into the cells; form None: without words."""
    for axes, each in places if form else []:
        mesh = axes.collections[0]
        for (row, column), word in np.ndenumerate(each.words.to_numpy()):
            options = {"ha": "center", "va": "center", "size": style.SMALL, "color": on(mesh, row, column)}
            text = axes.text(column + 0.5, row + 0.5, form(word), in_layout=False, **options)
            if each.diverged[row, column]:
                text.set_bbox({"facecolor": colour_of(mesh, row, column), "edgecolor": "none", "pad": 0.8})
    return figure


def shorter(word: str) -> str:
    """A word made shorter: 0.95 to .95, 1.000 to 1.00, and 3/10 to 3."""
    return re.sub(r"(?<!\d)0\.", ".", word).replace("1.000", "1.00").partition("/")[0]
