"""Figure learning: learning curves, the median gap to the optimum against n."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import in_rows, shared_legend
from applicability.storage.tables import measure_of, sharpest
from applicability.wording import number

CAPTION = """\
Median gap to the {{ findings.measure() }} accuracy against the {{ findings.drawn() }}, with a band from the first to
the third quartile of {{ findings.replicates() }}, for each learner, the plug-in linear discriminant of the same
draws{% if findings.study.known %}, and the theory c/n of its mean (dotted, where it holds){% endif %}.
{{ findings.at_most_draws() }}. {{ findings.caveat() }}{{ findings.diverged() }}

A line or band below the lower edge is below 0.001 points. A band has half of the trainings: it is how much they
scatter, no interval of the median. Where a learner's line is flat, more draws alone do not help.
"""

LEAST = 1e-3  # points: the smallest gap that is shown


def draw(summary: pd.DataFrame, optimum: pd.DataFrame) -> Figure:
    """Draw median gaps and quartiles against n, a panel for each scale.

    Each learner has a colour. Dashed: the gap of the plug-in rule on the same draws. Dotted: the theory c/n of its
    mean, of slope −1, from the n on where c/n holds. A cell in which a training diverged has no point.
    """
    name = sharpest(summary, "gap_median").removesuffix("_median")
    scales = sorted(summary["scale"].unique())
    laws = optimum.set_index("scale")[["plugin_constant", "plugin_from"]]
    figure, panels = in_rows(len(scales), 4, (1.3, 1.5))
    for axes, scale in zip(panels, scales, strict=True):
        here = summary[summary["scale"] == scale]
        for index, learner in enumerate(summary["learner"].unique()):
            median_and_quartiles(axes, here[here["learner"] == learner], name, label=learner, **style.look_of(index))
        one = here[here["learner"] == here["learner"].iloc[0]]
        median_and_quartiles(
            axes, one, "plugin_gap", color=style.TRUTH, linestyle="--", marker=".", label="plug-in rule"
        )
        constant, least = laws.loc[scale]
        n = one["n"][one["n"] >= least]
        if constant == constant:
            axes.plot(
                n,
                100 * constant / n,
                color="0.2",
                linestyle=":",
                marker=".",
                markersize=1,
                zorder=3,
                label="c/n of the mean",
            )
        style.logarithmic(axes, "x", "y")
        axes.set(ylim=(LEAST, 70), title=f"scale {number(scale)}")
    figure.supxlabel(style.N)
    figure.supylabel(f"{measure_of(summary)} − accuracy, points")
    shared_legend(figure, panels[0])
    return figure


def median_and_quartiles(axes: Axes, cells: pd.DataFrame, name: str, color: str, **line) -> None:
    """Draw a line of a score's medians, in points, and a band between its quartiles."""
    low, median, high = (100 * cells[f"{name}_{part}"] for part in ("q25", "median", "q75"))
    axes.plot(cells["n"], median, color=color, markersize=3, **line)
    axes.fill_between(cells["n"], low.clip(lower=LEAST / 10), high, color=color, alpha=0.12, linewidth=0)
