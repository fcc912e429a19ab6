"""Figure differences: each learner's gap less the baseline's, on the same draws."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import panels

CAPTION = """\
The gap of each learner to the {{ findings.measure() }}, less the gap of the baseline ``{{ findings.study.baseline }}``,
in points: median (dot) and quartiles (bar) of {{ findings.replicates() }}. To the left of the line the learner is
better. Learner and baseline share draws and, where their networks have one shape, initial weights and batch orders.
{{ findings.helped() }}; the others are grey. {{ findings.diverged() }}Learners are in the order of their mean over the
cells.

{{ findings.what_it_takes() }} If nothing differed, about {{ findings.chance() }} would be shown by chance. What helps
here need not help another task, or a longer training.
"""

TICKS = [-50, -5, -1, 0, 1, 5, 50]  # points
COLOURS = {-1: style.LEARNERS[0], 0: "0.6", 1: style.LEARNERS[1]}  # by differences.csv's column shown
LINEAR = 0.1  # points: the axis is linear from −0.1 to 0.1, logarithmic beyond


def draw(differences: pd.DataFrame) -> Figure:
    """Draw median differences and quartiles: a panel per cell, a row per learner.

    Coloured are those that are shown to be better, or worse, in at least half of the replicates. All panels have one
    order, by the mean over the cells, the largest help on top. A note stands where a training of the learner or of the
    baseline diverged.
    """
    baseline = differences["baseline"].iloc[0]
    order = differences.groupby("learner")["difference_mean"].mean().sort_values(kind="stable").index[::-1]
    cells = differences.groupby(["scale", "n"])
    size = 1.5, 0.35 + 0.13 * len(order)
    values = differences[["difference_q25", "difference_q75"]].abs()
    reach = 150 * np.fmax(values.max(axis=None), 0.01)  # points, a half more than the largest, if there is any
    figure, places = panels(list(cells.groups), size, "", "", sharex=True, sharey=True)
    for (scale, n), rows in cells:
        [axes] = places[scale, n]
        rows = rows.set_index("learner").loc[order]
        quartiles = (100 * rows[[f"difference_{part}" for part in ("q25", "median", "q75")]]).to_numpy()
        for y, (values, shown) in enumerate(zip(quartiles, rows["shown"], strict=True)):
            colour = COLOURS[shown]
            axes.plot(values[::2], [y, y], color=colour, linewidth=1.2)
            axes.plot(values[1], y, "o", color=colour, markersize=3)
        axes.axvline(0, **style.TRUE_LINE)
        for y, (gone, total) in enumerate(zip(rows["diverged"], rows["replicates"], strict=True)):
            if gone:
                style.note(axes, 0, y, f"diverged {gone} of {total}")
        axes.set_xscale("symlog", linthresh=LINEAR, linscale=0.5)
        axes.set_xticks([tick for tick in TICKS if abs(tick) <= reach])
        axes.set_xticks([-LINEAR, LINEAR], minor=True)
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.grid(axis="y", color="0.9", linewidth=0.5)
        axes.set_axisbelow(True)
        axes.set_yticks(range(len(order)), order)
        axes.set_ylim(-0.6, len(order) - 0.4)
        axes.tick_params(axis="y", length=0)
    told = f"gap less that of {baseline}, points; to the left: better; linear within ±{LINEAR:g}, the small ticks"
    figure.supxlabel(style.wrapped(told, figure.get_figwidth()))
    return figure
