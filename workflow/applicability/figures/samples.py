"""Figure samples: what the networks are shown, a histogram of each cell's training draws with the true densities."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.figures import style
from applicability.files import read_samples
from applicability.study import Cell
from applicability.task import coordinate_loc, frozen

BINS = 100
MARGIN = 5  # scales below the lowest location and above the highest


def read(path: Path) -> tuple[Cell, np.ndarray]:
    """A cell and the training draws of its first replicate, [G, n, d]."""
    cell, draws = read_samples(path, "train")
    return cell, draws[0]


def draw(data: list[tuple[Cell, np.ndarray]]) -> Figure:
    """Rows of panels by scale, columns by n; in each a translucent histogram of each group's first coordinate."""
    scales = sorted({cell.scale for cell, _ in data})
    sizes = sorted({cell.n for cell, _ in data})
    figure = Figure(figsize=(0.9 + 1.05 * len(sizes), 0.9 + 0.8 * len(scales)), layout="constrained")
    panels = figure.subplots(len(scales), len(sizes), squeeze=False)
    for cell, draws in data:
        row, column = scales.index(cell.scale), sizes.index(cell.n)
        histogram(panels[row, column], cell, draws)
        if row == 0:
            panels[row, column].set_title(f"n = {style.number(cell.n)}")
        if column == 0:
            panels[row, column].set_ylabel(f"scale {style.number(cell.scale)}\ncount")
        if row == len(scales) - 1:
            panels[row, column].set_xlabel("X")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
    return figure


def histogram(axes: Axes, cell: Cell, draws: np.ndarray) -> None:
    """Counts of one cell's draws [G, n, d] and, as lines, the counts to expect from the true densities."""
    groups = {name: coordinates[0] for name, coordinates in cell.task}
    low, high = limits(groups.values(), cell.scale)
    edges = np.linspace(low, high, BINS + 1)
    x = np.linspace(low, high, 4 * BINS + 1)
    for colour, (name, distribution), values in zip(style.GROUPS, groups.items(), draws, strict=False):
        axes.hist(values[:, 0], bins=edges, color=colour, alpha=0.5, histtype="stepfilled", label=f"group {name}")
        expected = frozen(distribution, cell.scale).pdf(x) * cell.n * (edges[1] - edges[0])
        axes.plot(x, expected, color=colour, linewidth=0.8, label=f"true density of {name}")
    axes.set_xlim(low, high)
    axes.locator_params(nbins=3)
    axes.locator_params(axis="y", integer=True)  # counts


def limits(distributions: Iterable[dict], scale: float) -> tuple[float, float]:
    """From 5 scales below the lowest location to 5 above the highest, wider where 98 % of a group's draws need it."""
    spread = [coordinate_loc(each) + side * MARGIN * scale for each in distributions for side in (-1, 1)]
    central = [frozen(each, scale).ppf(share) for each in distributions for share in (0.01, 0.99)]
    return min(spread + central), max(spread + central)
