"""Figure gap: heatmap of learners' median gap to the optimum over scale and n."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style
from applicability.storage.tables import best_known

TOGETHER = "gaps"  # the figure of all learners side by side
CAPTION = """\
How far the accuracy of {{ findings.learners() }} stays below the best possible: the median over
{{ findings.replicates() }}, in points (hundredths), {{ findings.range("gap", ".2g", 100, "median") }}.
{{ findings.diverged() }}

Half of the trainings did worse than the median. A small gap does not mean a high accuracy, only that no other rule
would do much better on this task.
"""


def draw(summary: pd.DataFrame, learners: list[str]) -> Figure:
    """Draw a map of the median gap for each learner, in points (hundredths of accuracy).

    Cells in which a training diverged are crossed out.
    """
    maps = [looks.in_points(summary, learner, best_known(summary, "gap_median")) for learner in learners]
    return heatmap.draw_maps(maps, style.title(summary, "median of "), looks.points("median of optimum − accuracy"))
