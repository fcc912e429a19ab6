"""Figure detection: of two groups that are not alike in number, ROC and precision against recall of the second."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import note_diverged, panels, replicates, shared_legend
from applicability.storage.arrays import read_arrays

NEEDS = {"groups": 2}
CAPTION = """\
What {{ findings.learners() }} finds of group {{ findings.study.groups[1] }} as the threshold on its logit falls: to the
right the recall (sensitivity); upwards, above, the recall of the other group (specificity), which is the ROC, and,
below, the precision (positive predictive value), a line for each replicate{% if findings.study.known %}; dashed, those
of the optimal rule{% endif %}. Dotted: the weight of the group, the precision of naming it unseen. With the network's
own threshold its recall goes {{ findings.range("recall_" ~ findings.study.groups[1]) }}, the area under
precision and recall {{ findings.range("pr_auc_" ~ findings.study.groups[1]) }}. {{ findings.diverged() }}

The ROC does not depend on the weights of the groups, precision does. A threshold that is chosen on these curves is
chosen on test draws.
"""

NAMES = ("recall", "false_positives", "precision", "true_false_positives", "true_precision")


def read(path: Path) -> tuple:
    """A cell, recalls [P], rates of false positives and precisions [R, P], and those of the optimal rule [P]."""
    return read_arrays(path, *NAMES)


def draw(curves: list[tuple], learner: str, weights: list[float]) -> Figure:
    """Draw the recall of the first group, and the precision of the second, against the second's recall."""
    first, second = curves[0][0].groups
    keys = [(cell.scale, cell.n) for cell, *_ in curves]
    labels = (style.wrapped(f"recall of {first}", 1), style.wrapped(f"precision of {second}", 1))
    figure, places = panels(keys, (1.1, 1.0), f"recall of {second}", *labels, sharex=True)
    for cell, recalls, false, precisions, true_false, true_precision in curves:
        above, below = places[cell.scale, cell.n]
        for axes, learned, true in ((above, 1 - false, 1 - true_false), (below, precisions, true_precision)):
            replicates(axes, recalls, learned.T, learner)
            if np.isfinite(true).any():
                axes.plot(recalls, true, label="optimal rule", **style.TRUE_LINE)
            axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        below.axhline(weights[1], color="black", linewidth=0.8, linestyle=":", label=f"weight of {second}")
        note_diverged(below, np.isnan(false).all(1))
    shared_legend(figure, below)
    return figure
