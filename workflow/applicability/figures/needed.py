"""Figure needed: training draws per group that a learner needs for a gap."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import in_rows, shared_legend
from applicability.wording import number

CAPTION = """\
The training draws per group from which on the mean gap is within 1, 0.5 and 0.1 points of the optimum, by the upper
limit of its 95 % interval (filled); an arrow where no sample size of the grid suffices, a cross where the training
diverged at the largest. Open: the n at which a power law through the gaps is within, with its bootstrap interval.
Dotted: what the plug-in rule needs, where its theory holds. {{ findings.needed() }}.

At the smallest n of the grid fewer draws may suffice. With few replicates a rare large gap may occur in none of them,
and the n needed comes out too small. The interval of the power law covers the scatter of replicates, not a wrong law.
"""


def draw(planning: pd.DataFrame, sample_sizes: list[int]) -> Figure:
    """Draw the n needed against scale, a panel for each gap.

    Filled: the n needed, with an arrow where no n of the grid suffices, and a cross where the training diverged at the
    largest n. Open: the n of the power law with its interval, where the gaps follow a power law. Dotted: the plug-in
    rule's c/gap.
    """
    gaps = sorted(planning["gap"].unique(), reverse=True)
    figure, panels = in_rows(len(gaps), len(gaps), (2, 1.8))
    for axes, gap in zip(panels, gaps, strict=True):
        here = planning[planning["gap"] == gap]
        scales = sorted(here["scale"].unique())
        places = {scale: place for place, scale in enumerate(scales)}
        learners = here["learner"].unique()
        for index, learner in enumerate(learners):
            shift = (index - (len(learners) - 1) / 2) * 0.6 / len(learners)
            rows = here[here["learner"] == learner]
            learners_n(axes, rows, rows["scale"].map(places) + shift, sample_sizes, style.look_of(index), learner)
        theory = here.drop_duplicates("scale").set_index("scale")["theory_n"]
        if planning["theory_n"].notna().any():  # in any panel: the legend is that of the first
            axes.plot(range(len(scales)), theory[scales], color="0.5", linestyle=":", label="plug-in rule, c/gap")
        style.logarithmic(axes, "y")
        points = "point" if gap == 0.01 else "points"
        axes.set(ylim=(0.07 * min(sample_sizes), 4 * max(sample_sizes)), title=f"within {100 * gap:g} {points}")
        axes.set_xticks(range(len(scales)), [number(scale) for scale in scales])
        axes.set_xlim(-0.6, len(scales) - 0.4)
    grey = {"color": "0.4", "linestyle": "none"}
    if planning["needed"].str.startswith(">", na=False).any():
        panels[0].plot([], [], "^", markersize=4, label=f"more than {number(max(sample_sizes))}", **grey)
    if planning["needed"].isna().any():
        panels[0].plot([], [], "x", markersize=4, label="training diverged", **grey)
    if planning["fitted_n"].notna().any():
        panels[0].plot([], [], "o", markersize=3, mfc="white", label="open: by power law", **grey)
    figure.supxlabel(style.SCALE)
    figure.supylabel(style.N)
    shared_legend(figure, panels[0])
    return figure


def learners_n(
    axes: Axes, rows: pd.DataFrame, x: pd.Series, sizes: list[int], mark: dict[str, str], learner: str
) -> None:
    """Draw the marks of one learner in one panel."""
    mark = mark | {"linestyle": "none"}
    beyond = rows["needed"].str.startswith(">", na=False)
    n = rows["needed"].str.removeprefix("> ").astype(float)
    axes.plot(x[~beyond], n[~beyond], markersize=3.5, label=learner, **mark)
    axes.plot(x[beyond], n[beyond] * 2, "^", color=mark["color"], markersize=4)
    gone = rows["needed"].isna()
    axes.plot(x[gone], [2 * max(sizes)] * gone.sum(), "x", color=mark["color"], markersize=4)
    fitted = rows["fitted_n"]
    errors = np.array([fitted - rows["fitted_n_low"], rows["fitted_n_high"] - fitted])
    axes.errorbar(x, fitted, errors, mfc="white", markersize=2.5, elinewidth=0.6, alpha=0.7, **mark)
