"""Figure reliability: calibration, the frequency of a group against its predicted probability."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import note_diverged, panels, replicates, shared_legend
from applicability.storage.arrays import read_arrays

NEEDS = {"probabilities": True}

CAPTION = """\
The frequency of a group among test draws (upwards; the second of two groups, each of more) against its probability by
{{ findings.learners() }} (to the right), in 15 bins of equal mass, a line for each replicate. On the dashed line
frequencies are as predicted. Over all cells the mean distance from the dashed line, the calibration error, goes
{{ findings.range("calibration_error", ".2g") }}. {{ findings.diverged() }}

Calibrated is not accurate: a learner that predicts for every draw how likely the groups are lies on the line.
"""


def read(path: Path) -> tuple:
    """A cell, and mean probability and frequency [R, K, 15] in each bin."""
    return read_arrays(path, "probability", "frequency")


def draw(curves: list[tuple], learner: str) -> Figure:
    """Draw frequency against probability, a thin line for each replicate.

    Test draws are in 15 bins of equal mass. Of two groups the second is shown; of more, all, a colour for each.
    """
    shown = style.shown_groups(curves[0][0])
    keys = [(cell.scale, cell.n) for cell, *_ in curves]
    whose = next(iter(shown)) if len(shown) == 1 else "the group"
    figure, places = panels(keys, (1.1, 1.1), f"probability of {whose}", f"share of {whose}", square=True, sharex=True)
    for cell, probabilities, frequencies in curves:
        [axes] = places[cell.scale, cell.n]
        axes.plot([0, 1], [0, 1], label="calibrated", **style.TRUE_LINE)
        for index, (group, colour) in enumerate(shown.items()):
            name = group if len(shown) > 1 else None
            line = {"color": colour, "marker": ".", "markersize": 2}
            replicates(axes, probabilities[:, index].T, frequencies[:, index].T, learner, name, **line)
        note_diverged(axes, np.isnan(probabilities).all((1, 2)))
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    shared_legend(figure, figure.axes[0])
    return figure
