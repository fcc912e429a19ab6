"""Figure needed: training draws per group that a learner needs for a gap."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import in_rows, shared_legend
from applicability.wording import as_points, number

CAPTION = """\
The {{ findings.drawn() }} from which on at least half of the trainings are shown to be within 1, 0.5 and 0.1 points
of the {{ findings.measure() }} (filled); an arrow where no sample size of the grid is shown to suffice. Open: where a
power law through the same limits crosses, where they follow one. {% if findings.study.known %}Dotted: what the plug-in
rule needs for a mean so small, where its theory holds. {% endif %}{{ findings.needed() }}. {{ findings.caveat() }}

{{ findings.what_it_takes() }} At the smallest n of the grid fewer draws may suffice.
"""


def draw(planning: pd.DataFrame, sample_sizes: list[int]) -> Figure:
    """Draw the n needed against scale, a panel for each gap.

    Filled: the n needed, with an arrow where no n of the grid suffices. Open: the n of the power law, where there is
    one. Dotted: the plug-in rule's c/gap. With fewer than 5 replicates no n is shown to suffice, and none drawn.
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
            learners_n(axes, rows, rows["scale"].map(places) + shift, style.look_of(index), learner)
        theory = here.drop_duplicates("scale").set_index("scale")["theory_n"]
        if planning["theory_n"].notna().any():  # in any panel: the legend is that of the first
            axes.plot(range(len(scales)), theory[scales], color="0.5", linestyle=":", label="plug-in rule, c/gap")
        style.logarithmic(axes, "y")
        axes.set(ylim=(0.07 * min(sample_sizes), 4 * max(sample_sizes)), title=f"within {as_points(gap)}")
        axes.set_xticks(range(len(scales)), [number(scale) for scale in scales])
        axes.set_xlim(-0.6, len(scales) - 0.4)
    grey = {"color": "0.4", "linestyle": "none"}
    if planning["needed"].str.startswith(">", na=False).any():
        panels[0].plot([], [], "^", markersize=4, label=f"not shown at {number(max(sample_sizes))}", **grey)
    if planning["fitted_n"].notna().any():
        panels[0].plot([], [], "o", markersize=3, mfc="white", label="open: by power law", **grey)
    figure.supxlabel(style.SCALE)
    figure.supylabel(style.N)
    shared_legend(figure, panels[0])
    return figure


def learners_n(axes: Axes, rows: pd.DataFrame, x: pd.Series, mark: dict[str, str], learner: str) -> None:
    """Draw the marks of one learner in one panel."""
    mark = mark | {"linestyle": "none"}
    beyond = rows["needed"].str.startswith(">", na=False)
    n = rows["needed"].str.removeprefix("> ").astype(float)
    axes.plot(x[~beyond], n[~beyond], markersize=3.5, label=learner, **mark)
    axes.plot(x[beyond], n[beyond] * 2, "^", color=mark["color"], markersize=4)
    axes.plot(x, rows["fitted_n"], mfc="white", markersize=2.5, alpha=0.7, **mark)
