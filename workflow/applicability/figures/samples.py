"""Figure samples: what the networks are shown, a histogram of each cell's training draws with the true densities."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.figures import style
from applicability.figures.panels import legend, panels
from applicability.files import read_arrays
from applicability.study import Cell
from applicability.truth import Truth

BINS = 100


def read(path: Path) -> tuple[Cell, np.ndarray]:
    """A cell and the training draws of its first replicate, [G, n, d]."""
    cell, draws = read_arrays(path, "train")
    return cell, draws[0]


def draw(cells: list[tuple[Cell, np.ndarray]]) -> Figure:
    """In each panel a translucent histogram of each group's first coordinate."""
    figure, places = panels([(cell.scale, cell.n) for cell, _ in cells], (1.05, 0.8), "X", "count", sharey=False)
    for cell, draws in cells:
        [axes] = places[cell.scale, cell.n]
        histogram(axes, cell, draws)
    legend(figure, figure.axes[0])
    return figure


def histogram(axes: Axes, cell: Cell, draws: np.ndarray) -> None:
    """Counts of one cell's draws [G, n, d] and, as lines, the counts to expect from the true densities."""
    truth = Truth.of(cell.task, cell.scale)
    low, high = truth.span()
    edges = np.linspace(low, high, BINS + 1)
    x = np.linspace(low, high, 4 * BINS + 1)
    names = [name for name, _ in cell.task]
    for colour, name, group, values in zip(style.GROUPS, names, truth.groups, draws, strict=False):
        axes.hist(values[:, 0], bins=edges, color=colour, alpha=0.5, histtype="stepfilled", label=f"group {name}")
        expected = group[0].pdf(x) * cell.n * (edges[1] - edges[0])
        axes.plot(x, expected, color=colour, linewidth=0.8, label=f"true density of {name}")
    axes.set_xlim(low, high)
    axes.locator_params(nbins=3)
    axes.locator_params(axis="y", integer=True)  # counts
