"""Figure posterior: learned and true probability of a group, in one dimension."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.special import expit

from applicability.drawing import style
from applicability.drawing.panels import note_diverged, panels, replicates, shared_legend
from applicability.storage.arrays import read_arrays

NEEDS = {"dimension": 1, "known": True, "probabilities": True}
CAPTION = """\
The probability, of the second of two groups or of each of more, that each replicate of {{ findings.learners() }} has
learned, and the true one (dashed), at up to four scales and sample sizes. Over all cells the mean absolute error of
the probability goes {{ findings.range("posterior_error", ".2g") }}. {{ findings.diverged() }}

Far outside, where the lines leave the truth, there are hardly any draws. Accuracy depends only on which group is the
likeliest: lines that are off can sort as well as the truth.
"""


def read(path: Path) -> tuple:
    """A cell, x [P, 1], and true [P, K] and learned logits [R, P, K]."""
    return read_arrays(path, "x", "true_logits", "logits")


def draw(curves: list[tuple], learner: str) -> Figure:
    """Draw learned probabilities, a thin line per replicate, and the truth, dashed.

    Of two groups the second is shown; of more, all, a colour for each.
    """
    shown = style.shown_groups(curves[0][0])
    keys = [(cell.scale, cell.n) for cell, *_ in curves]
    label = f"probability of {next(iter(shown))}" if len(shown) == 1 else "probability"
    figure, places = panels(keys, (1.1, 1.05), *style.axis_names(curves[0][0], [0]), label)
    for cell, x, true, learned in curves:
        [axes] = places[cell.scale, cell.n]
        x = x[:, 0]
        for index, (group, colour) in enumerate(shown.items()):
            name = group if len(shown) > 1 else None
            replicates(axes, x, expit(learned[..., index]).T, learner, name, color=colour)
            axes.plot(x, expit(true[:, index]), label="truth" if index == 0 else None, **style.TRUE_LINE)
        note_diverged(axes, np.isnan(learned).all((1, 2)))
        axes.set(xlim=(x[0], x[-1]), ylim=(-0.02, 1.02))
        axes.locator_params(axis="x", nbins=4)
    shared_legend(figure, figure.axes[0])
    return figure
