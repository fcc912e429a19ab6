"""Figure posterior: the probability that each replicate of a learner has learned, and the true one."""

from pathlib import Path

from matplotlib.figure import Figure
from scipy.special import expit

from applicability.figures import style
from applicability.figures.panels import legend, panels, replicates
from applicability.files import read_arrays

NAMES = ("x", "true_log_ratio", "log_ratio")


def read(path: Path) -> tuple:
    """A cell with x [P], the true log-ratio [P] and the learned ones [R, P]."""
    return read_arrays(path, *NAMES)


def draw(cells: list[tuple], learner: str) -> Figure:
    """A thin line for each replicate; every panel from 0 to 1."""
    second = cells[0][0].task[1][0]
    keys = [(cell.scale, cell.n) for cell, *_ in cells]
    figure, places = panels(keys, (1.4, 1.05), "X", f"probability of {second}")
    for cell, x, true, learned in cells:
        [axes] = places[cell.scale, cell.n]
        replicates(axes, x, expit(learned).T, learner)
        axes.plot(x, expit(true), label="truth", **style.TRUE_LINE)
        axes.set(xlim=(x[0], x[-1]), ylim=(-0.02, 1.02))
        axes.locator_params(axis="x", nbins=4)
    legend(figure, figure.axes[0])
    return figure
