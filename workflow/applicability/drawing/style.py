"""The style of every figure: sizes, colours, fonts, layout, legends.

A figure is a column or a page wide, has no text below 7 points, embeds its fonts, and is the same bytes on a rerun.
"""

import textwrap
from collections.abc import Sequence
from string import ascii_lowercase

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from applicability.study.cell import Cell
from applicability.study.task import kind_of
from applicability.wording import number

COLUMN, PAGE = 3.4, 7.0  # inches: the two widths of a figure
TALLEST = 9.2  # inches
SMALL = 7  # points: the smallest text

RC = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "figure.titlesize": 8,
    "figure.labelsize": 8,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "savefig.bbox": None,  # not cropped: a figure keeps its width
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "applicability",
}

# Okabe and Ito: safe for colour-blind eyes
GROUPS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]
LEARNERS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]
MARKERS = ["o", "s", "D", "v", "P", "p"]  # tell groups and learners apart in grey too
DASHES = ["-", "--", "-.", ":"]
TRUTH = "black"
TRUE_LINE = {"color": TRUTH, "linewidth": 1, "linestyle": "--"}
N = "n, training draws per group"
SCALE = "scale of the groups"
UNITS = ", in units of the locations"
X, PLANE = f"x{UNITS}", (f"x₁{UNITS}", f"x₂{UNITS}")
INDICES = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAP = "cividis"  # perceptually uniform, also in grey and for colour-blind eyes


class Layout(ConstrainedLayoutEngine):
    """Matplotlib's constrained layout, which also thins out tick labels that would touch."""

    def execute(self, fig: Figure) -> None:
        super().execute(fig)
        for axes in fig.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if isinstance(axis.get_major_locator(), FixedLocator):
                    thin(axis)


def figure(width: float, height: float) -> Figure:
    """An empty figure; width and height in inches, the height at most a page's."""
    return Figure(figsize=(width, min(height, TALLEST)), layout=Layout())


def thin(axis: Axis) -> None:
    """Keep only every second, third ... tick of an axis, until the labels have room."""
    side = "xy".index(axis.axis_name)
    labels = [label for label in axis.get_ticklabels() if label.get_visible() and label.get_text()]
    spans = [label.get_window_extent().get_points()[:, side] for label in labels]
    gap = 2 * axis.get_figure().dpi / 72  # 2 points

    def touch(step: int) -> bool:
        kept = sorted(map(tuple, spans[::step]))
        return any(high + gap > low for (_, high), (low, _) in zip(kept, kept[1:], strict=False))

    step = next(step for step in range(1, len(labels) + 2) if not touch(step))
    if step > 1:
        places = axis.get_ticklocs()[::step]
        axis.set_ticks(places, [label.get_text() for label in labels[::step]])


def extent(words: str, size: float = SMALL) -> float:
    """The width of a line of words, in inches; size in points."""
    return text_to_path.get_text_width_height_descent(words, FontProperties(size=size), ismath=False)[0] / 72


def wrapped(words: str, width: float, size: float = 8) -> str:
    """Words broken into lines no wider than width, inches; size in points."""
    for most in range(len(words), 1, -1):
        lines = textwrap.wrap(words, most)
        if max(extent(line, size) for line in lines) <= width:
            return "\n".join(lines)
    return words


def letters(panels: Sequence[Axes]) -> None:
    """Write a bold letter at the upper left of each of several panels."""
    if len(panels) > 1:
        for axes, letter in zip(panels, ascii_lowercase, strict=False):
            axes.set_title(letter, loc="left", fontweight="bold")


def legend(
    figure: Figure, handles: Sequence[Artist], labels: Sequence[str], where: str = "upper", title: str = ""
) -> None:
    """Draw a figure's legend above or below all panels, in as many columns as fit.

    handles, labels: as of matplotlib's legend.
    where: upper or lower.
    title: of the legend. A lower legend stands where the label of x would, and has it as its title.

    For more than two rows the figure grows, to a page's height at most.
    """
    room = figure.get_figwidth() - 0.1
    labels = [wrapped(label, room - 0.5, SMALL) for label in labels]
    widest = 0.6 + max(extent(line) for label in labels for line in label.split("\n"))
    columns = max(1, min(len(labels), int(room / widest)))
    rows = -(-len(labels) // columns)
    figure.set_figheight(min(TALLEST, figure.get_figheight() + 0.16 * max(0, rows - 2)))
    words = {"title": title or None, "title_fontsize": 8}
    figure.legend(handles, labels, loc=f"outside {where} center", ncols=columns, frameon=False, **words)


def logarithmic(axes: Axes, *which: str) -> None:
    """Make axes logarithmic (`x`, `y`), with plain numbers at whole powers of ten."""
    for name in which:
        if not getattr(axes.dataLim, f"interval{name}")[1] > 0:  # nothing is drawn: the limits would be about 0
            axes.set(**{f"{name}lim": (0.1, 1)})
        axes.set(**{f"{name}scale": "log"})
        axis = getattr(axes, f"{name}axis")
        axis.set(major_locator=LogLocator(), minor_locator=NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))


def note(axes: Axes, x: float, y: float, words: str, **options) -> None:
    """Write small words on white, where a number or a curve is missing."""
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    usual = {"ha": "center", "va": "center", "size": SMALL, "linespacing": 1}
    axes.text(x, y, words, bbox=behind, **usual | options)


def group_colour(group: int) -> str:
    """A group's colour by its index."""
    return GROUPS[group]


def look_of(learner: int) -> dict[str, str]:
    """Colour, marker and line style of a learner, by its index.

    After six learners the line style changes, and each marker takes the next colour.
    """
    again, place = divmod(learner, len(LEARNERS))
    return {
        "color": LEARNERS[(place + again) % len(LEARNERS)],
        "marker": MARKERS[place],
        "linestyle": DASHES[::2][again % 2],
    }


def shown_groups(cell: Cell) -> dict[str, str]:
    """Groups whose probability a figure shows, each with its colour.

    Of two groups the second is shown, of more all.
    """
    names = cell.groups
    return {names[1]: LEARNERS[0]} if len(names) == 2 else {name: group_colour(i) for i, name in enumerate(names)}


def axis_names(cell: Cell, coordinates: list[int], seen: bool = False) -> list[str]:
    """The names of axes that show coordinates of a cell, by their indices: of a table, its columns.

    seen: whether of what networks see of the draws, which is x, not of the draws, which then are z.
    """
    name, parameters = kind_of(cell.task[0][1][0])
    if name == "table":
        return [parameters["columns"][each] for each in coordinates]
    count = cell.inputs if seen else cell.dimension
    indices = [str(each + 1).translate(INDICES) if count > 1 else "" for each in coordinates]
    if cell.observe:
        return [f"{'x' if seen else 'z'}{index}{'' if seen else UNITS}" for index in indices]
    return [f"x{index}{UNITS}" for index in indices]


def title(summary: pd.DataFrame, what: str = "mean of ") -> str:
    """The title of a figure of means, or of what else: the study and its number of replicates."""
    study, replicates = summary["study"].iloc[0], summary["replicates"].iloc[0]
    return f"{study}: {what}{replicates} replicate{'s' if replicates > 1 else ''}"
