"""Figure accuracy: heatmap of learners' mean accuracy over scale and n, beside the best possible."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import grid_of

TOGETHER = "accuracies"  # the figure of all learners side by side
CAPTION = """\
Mean accuracy on fresh draws of {{ findings.learners() }}, over the scale of the groups and the number of training
draws per group: {{ findings.sampled("accuracy") }}. The last column is the best that any rule can do:
{{ findings.best("accuracy") }}. {{ findings.diverged() }}

A low value does not say why it is low: see the gap and the verdict. Colours run from guessing to 1 in every such map.
Test draws are finite, and the same for all n: a cell may come out slightly above the optimum. The gap has less noise,
as it is paired with the optimal rule on the same draws.
"""


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, learners: list[str]) -> Figure:
    """Draw a map of accuracy_mean for each learner, with the optimum as last column."""
    grids = {learner: grid_of(summary, learner, "accuracy_mean") for learner in learners}
    maps = [
        heatmap.Map.of(summary, learner, grid, grid.map(heatmap.format_accuracy)) for learner, grid in grids.items()
    ]
    return heatmap.accuracies(maps, style.title(summary), optimum, "mean accuracy on test draws")
