"""Figure shortfall: what is missing to an accuracy of 1, split into overlap, data and learner."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style
from applicability.storage.tables import parts_of

CAPTION = """\
What is missing to an accuracy of 1, in points (hundredths), mean over {{ findings.replicates() }} of
{{ findings.learners() }}. {% if findings.study.known %}overlap: not even the best possible has it{% else %}unreached:
overlap, and what not even the best known has{% endif %}; data: the best of the learners and reference
rules of the study, on the same draws, misses it too; learner: what this one misses beyond. The three sum to
1 − accuracy{{ findings.how() }}. {{ findings.shortfall() }}. {{ findings.caveat() }}{{ findings.diverged() }}

The best is chosen in one half of the replicates and measured in the other: else it would be flattered. What is called
data is so to the best of this study: a better learner may need no more draws.
"""


def draw(summary: pd.DataFrame, learner: str) -> Figure:
    """Draw a map for each part of a learner's shortfall, in points."""
    maps = [looks.in_points(summary, learner, column, part) for part, column in parts_of(summary).items()]
    return heatmap.draw_maps(maps, style.title(summary, f"{learner}, mean of "), looks.points("part of 1 − accuracy"))
