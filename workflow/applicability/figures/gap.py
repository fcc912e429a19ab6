"""Figure gap: heatmap of learners' median gap to the optimum over scale and n."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style
from applicability.storage.tables import measure_of, sharpest

TOGETHER = "gaps"  # the figure of all learners side by side
CAPTION = """\
How far the accuracy of {{ findings.learners() }} stays below the {{ findings.measure() }}: the median over
{{ findings.replicates() }}, in points (hundredths), {{ findings.range("gap", ".2g", 100, "median") }}.
{{ findings.caveat() }}{{ findings.diverged() }}

Half of the trainings did worse than the median. A small gap does not mean a high accuracy, only that no
{{ "other" if findings.study.known else "known" }} rule would do much better on this task.
"""


def draw(summary: pd.DataFrame, learners: list[str]) -> Figure:
    """Draw a map of the median gap for each learner, in points (hundredths of accuracy).

    Cells in which a training diverged are crossed out.
    """
    maps = [looks.in_points(summary, learner, sharpest(summary, "gap_median")) for learner in learners]
    return heatmap.draw_maps(
        maps, style.title(summary, "median of "), looks.points(f"median of {measure_of(summary)} − accuracy")
    )
