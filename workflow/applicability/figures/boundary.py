"""Figure boundary: how far a learner's decision boundary lies from the optimal one."""

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from applicability.figures import style


def draw(summary: pd.DataFrame) -> Figure:
    """A panel for each learner: root mean square error in units of the scale against n, a colour for each scale.

    Dashed 1/√(2n), the standard deviation of the midpoint of two means of n draws each. A cell where a replicate has
    no boundary, or diverged, has no point.
    """
    learners, scales = summary["learner"].unique(), sorted(summary["scale"].unique())
    colours = colormaps[style.MAP](np.linspace(0, 0.95, len(scales)))
    figure = Figure(figsize=(1.3 + 1.9 * len(learners), 2.5), layout="constrained")
    panels = figure.subplots(1, len(learners), squeeze=False, sharex=True, sharey=True)[0]
    for axes, learner in zip(panels, learners, strict=True):
        for colour, scale in zip(colours, scales, strict=True):
            rows = summary[(summary["learner"] == learner) & (summary["scale"] == scale)]
            axes.plot(
                rows["n"], rows["boundary_rmse"] / scale, color=colour, marker=".", label=f"scale {style.number(scale)}"
            )
        n = np.array(sorted(summary["n"].unique()))
        axes.plot(n, 1 / np.sqrt(2 * n), color=style.TRUTH, linestyle="--", label="1/√(2n)")
        style.logarithmic(axes, "x", "y")
        axes.set(title=learner, xlabel=style.N)
    panels[0].set_ylabel("rms error of the boundary / scale")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", frameon=False)
    return figure
