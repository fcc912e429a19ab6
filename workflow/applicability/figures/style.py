"""One look for every figure: sizes in inches as printed, fonts that stay text, the same bytes on a rerun."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from applicability.study import Cell

RC = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "applicability",
}

# Okabe and Ito: safe for colour-blind eyes
GROUPS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]
LEARNERS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]
TRUTH = "black"
TRUE_LINE = {"color": TRUTH, "linewidth": 1, "linestyle": "--"}
N = "n, training draws per group"
SCALE = "scale of the groups"
MAP = "cividis"  # perceptually uniform, survives grey and colour-blind eyes


def number(value: float) -> str:
    """A grid value as a person writes it: 0.2, 30, 10,000."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.12g}"


def logarithmic(axes: Axes, *which: str) -> None:
    """Logarithmic axes (`x`, `y`) with a tick at whole powers of ten, written as plain numbers."""
    for name in which:
        axes.set(**{f"{name}scale": "log"})
        axis = getattr(axes, f"{name}axis")
        axis.set(major_locator=LogLocator(), minor_locator=NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def note(axes: Axes, x: float, y: float, words: str, **options) -> None:
    """Small words on white, about a place where a number or a curve is missing."""
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    usual = {"ha": "center", "va": "center", "size": 5.5, "linespacing": 1}
    axes.text(x, y, words, bbox=behind, **usual | options)


def colour_of(group: int) -> str:
    """A group's colour by its index."""
    return GROUPS[group]


def line_of(learner: int) -> dict[str, str]:
    """Colour and style of a learner's line by its index; beyond six the colours come round again in another style."""
    again, place = divmod(learner, len(LEARNERS))
    return {"color": LEARNERS[place], "linestyle": ["-", "-.", ":"][again % 3]}


def marker_of(learner: int) -> dict[str, str]:
    """Colour and shape of a learner's marks by its index."""
    again, place = divmod(learner, len(LEARNERS))
    return {"color": LEARNERS[place], "marker": "osD"[again % 3]}


def shown_groups(cell: Cell) -> dict[str, str]:
    """The groups whose probability a figure shows, each with the colour of its lines: the second of two, else all."""
    names = [name for name, _ in cell.task]
    return {names[1]: LEARNERS[0]} if len(names) == 2 else {name: colour_of(i) for i, name in enumerate(names)}


def title(summary: pd.DataFrame, learner: str) -> str:
    """Which study, which learner, how many replicates."""
    study, replicates = summary["study"].iloc[0], summary["replicates"].iloc[0]
    return f"{study}: {learner}, mean of {replicates} replicate{'s' if replicates > 1 else ''}"
