"""Figure boundary: how far a learner's decision boundary lies from the optimal one."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import in_rows, shared_legend
from applicability.wording import number

NEEDS = {"exact": True, "groups": 2}
CAPTION = """\
Root mean square distance of each learner's decision boundary from the optimal one, of several the pair that is nearest,
in units of the scale.
{{ findings.midpoint() }}The distances are {{ findings.errors_of_boundary() }}.

A cell is missing where a replicate diverged or collapsed, naming one group for all but one draw in 10,000: the figure
flatters a learner that collapses often, and one with too many boundaries or too few. Where the groups hardly overlap,
an error of the boundary costs next to no accuracy.
"""


def draw(summary: pd.DataFrame, optimum: pd.DataFrame) -> Figure:
    """Draw the boundary's root mean square error against n, a panel for each learner.

    Errors are in units of the scale; each scale has a colour. Dashed, where it is the optimal rule's boundary that it
    estimates: the standard deviation of the midpoint of two means of n draws each. A cell where a replicate diverged or
    has no boundary has no point.
    """
    learners, scales = summary["learner"].unique(), sorted(summary["scale"].unique())
    colours = colormaps[style.MAP](np.linspace(0, 0.9, len(scales)))
    midpoint = (optimum["midpoint_constant"] / optimum["scale"]).iloc[0]
    figure, panels = in_rows(len(learners), 3, (1.9, 1.8))
    for axes, learner in zip(panels, learners, strict=True):
        n = np.array(sorted(summary["n"].unique()))
        if np.isfinite(midpoint):
            line = {"marker": ".", "markersize": 2, "label": "the midpoint of two means", **style.TRUE_LINE}
            axes.plot(n, midpoint / np.sqrt(n), **line)
        for colour, scale in zip(colours, scales, strict=True):
            rows = summary[(summary["learner"] == learner) & (summary["scale"] == scale)]
            axes.plot(rows["n"], rows["boundary_rmse"] / scale, color=colour, marker=".", label="_")
        style.logarithmic(axes, "x", "y")
        axes.set_title(style.wrapped(learner, 1.5))
    style.letters(panels)
    figure.supxlabel(style.N)
    figure.supylabel("rms error of the boundary, in scales")
    steps = ScalarMappable(BoundaryNorm(range(len(scales) + 1), len(scales)), ListedColormap(colours))
    bar = figure.colorbar(steps, ax=figure.axes, label=style.SCALE, aspect=30)
    bar.set_ticks(np.arange(len(scales)) + 0.5, labels=[number(scale) for scale in scales])
    bar.ax.tick_params(length=0)
    bar.ax.invert_yaxis()  # as in the maps
    if np.isfinite(midpoint):
        shared_legend(figure, panels[0])
    return figure
