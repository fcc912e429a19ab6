"""Figure reliability: how often a draw belongs to the second group where the learner gives it a probability."""

from pathlib import Path

from matplotlib.figure import Figure

from applicability.figures import style
from applicability.figures.panels import legend, panels, replicates
from applicability.files import read_arrays


def read(path: Path) -> tuple:
    """A cell with the mean probability and the frequency in each bin, [R, 15]."""
    return read_arrays(path, "probability", "frequency")


def draw(cells: list[tuple], learner: str) -> Figure:
    """Frequency against probability in 15 bins of equal mass of the test draws, a thin line for each replicate."""
    second = cells[0][0].task[1][0]
    keys = [(cell.scale, cell.n) for cell, *_ in cells]
    figure, places = panels(keys, (1.35, 1.25), f"probability of {second}", f"share of {second}", sharex=True)
    for cell, probabilities, frequencies in cells:
        [axes] = places[cell.scale, cell.n]
        axes.plot([0, 1], [0, 1], label="calibrated", **style.TRUE_LINE)
        replicates(axes, probabilities.T, frequencies.T, learner, marker=".", markersize=2)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    legend(figure, figure.axes[0])
    return figure
