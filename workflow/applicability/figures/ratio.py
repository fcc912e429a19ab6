"""Figure ratio: learned log-density ratio of two groups in one dimension, and its residual."""

import numpy as np
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import note_diverged, panels, replicates, shared_legend
from applicability.figures.posterior import read
from applicability.tasks.truth import FLOOR, Truth

NEEDS = {"dimension": 1, "known": True, "groups": 2, "probabilities": True}
CAPTION = """\
The log-ratio of the densities, of the second group over the first, as each replicate of {{ findings.learners() }} has
learned it, the true one (dashed), and the residual, learned less true, within three scales of the outer means. Over
all cells the root mean square error of the log-ratio is {{ findings.range("log_ratio_rmse", ".2g") }}.
{{ findings.infinite("log_ratio_rmse") }}{% if findings.fitted() %}A line breaks off where the learner gives a group no
chance. {% endif %}{{ findings.diverged() }}

A learner can sort nearly all draws right and still be far from the log-ratio: a large residual matters to users of
the ratio itself.
"""

__all__ = ["draw", "read"]

MARGIN = 3  # scales beyond the outer locations: nearly all draws lie within


def draw(curves: list[tuple], learner: str) -> Figure:
    """Draw ln p(x | b)/p(x | a) above and its residual, learned − true, below.

    Each replicate has a thin line; both panels have one scale.
    """
    first, second = curves[0][0].groups
    keys = [(cell.scale, cell.n) for cell, *_ in curves]
    figure, places = panels(
        keys,
        (1.1, 0.85),
        *style.axis_names(curves[0][0], [0]),
        style.wrapped(f"ln p({second})/p({first})", 1),
        "learned − true",
    )
    for cell, x, true, learned in curves:
        ratio, residual = places[cell.scale, cell.n]
        truth = Truth.of_cell(cell)
        prior = np.log(truth.weights[1] / truth.weights[0])  # log-odds of the groups, unseen
        x, true, learned = x[:, 0], true[:, 0] - prior, learned[..., 0] - prior
        low, high = truth.span(MARGIN)
        true = np.where(abs(true) < FLOOR / 2, true, np.nan)  # infinite where one group alone can be
        replicates(ratio, x, learned.T, learner)
        ratio.plot(x, true, label="truth", **style.TRUE_LINE)
        replicates(residual, x, (learned - true).T, learner)
        residual.axhline(0, **style.TRUE_LINE)
        note_diverged(ratio, np.isnan(learned).all(1))
        reach = 1.3 * np.nanmax(abs(true[(x >= low) & (x <= high)]), initial=0.1)
        for axes in (ratio, residual):
            axes.set(xlim=(low, high), ylim=(-reach, reach))
            axes.locator_params(nbins=4)
        ratio.tick_params(labelbottom=False)
    shared_legend(figure, figure.axes[0])
    return figure
