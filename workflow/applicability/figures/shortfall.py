"""Figure shortfall: what is missing to an accuracy of 1, split into overlap, data and learner."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style

PARTS = ["overlap", "data", "learner"]
CAPTION = """\
What is missing to an accuracy of 1, in points (hundredths), mean over {{ findings.replicates() }} of
{{ findings.learners() }}. overlap: not even the best possible has it; data: the best of the learners and reference
rules of the study, on the same draws, misses it too; learner: what this one misses beyond. The three sum to
1 − accuracy{{ findings.how() }}. {{ findings.shortfall() }}. {{ findings.diverged() }}

The best is chosen in one half of the replicates and measured in the other: else it would be flattered. What is called
data is so to the best of this study: a better learner may need no more draws.
"""


def draw(summary: pd.DataFrame, learner: str) -> Figure:
    """Draw a map for each part of a learner's shortfall, in points."""
    maps = [looks.in_points(summary, learner, f"shortfall_{part}", part) for part in PARTS]
    return heatmap.draw_maps(maps, style.title(summary, f"{learner}, mean of "), looks.points("part of 1 − accuracy"))
