"""Figure accuracy: heatmap of learners' mean accuracy over scale and n, beside the best possible."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style
from applicability.storage.tables import grid_of, sharpest

TOGETHER = "accuracies"  # the figure of all learners side by side
CAPTION = """\
Mean accuracy{{ findings.how() }} of {{ findings.learners() }}, over the scale of the groups and the number of
{{ findings.drawn() }}: {{ findings.range("accuracy") }}. The last column is the {{ findings.measure() }}:
{{ findings.best_accuracy() }}. {{ findings.caveat() }}{{ findings.diverged() }}

{{ findings.bounds() }}A low value does not say why it is low: see the gap and the verdict. Colours run from guessing to
1 in every such map: what is below guessing looks as guessing does.
"""


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, learners: list[str]) -> Figure:
    """Draw a map of mean accuracies for each learner, with the optimum as last column."""
    column = sharpest(summary, "accuracy_mean")
    grids = {learner: grid_of(summary, learner, column) for learner in learners}
    maps = [heatmap.Map.of(summary, learner, grid, grid.map(looks.format_accuracy)) for learner, grid in grids.items()]
    return looks.accuracies(maps, style.title(summary), summary, optimum)
