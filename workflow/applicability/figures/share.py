"""Figure share: heatmap of how many trainings come within the tolerance of the best possible."""

import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import grid_of, measure_of
from applicability.wording import as_points

TOGETHER = "shares"  # the figure of all learners side by side
CAPTION = """\
Will mine work? Of {{ findings.study.replicates }} trainings of {{ findings.learners() }} in each cell, so many have an
accuracy within {{ findings.tolerance() }} of the {{ findings.measure() }}. {{ findings.shares() }}.
{{ findings.unseen() }}{{ findings.caveat() }}

{{ findings.what_it_takes() }} One that diverged is not within.
"""


def draw(summary: pd.DataFrame, learners: list[str], tolerance: float) -> Figure:
    """Draw a map for each learner: the share of replicates whose gap is within the tolerance, and their number."""
    total = summary["replicates"].iloc[0]
    maps = []
    for learner in learners:
        counts = grid_of(summary, learner, "within")
        maps.append(heatmap.Map.of(summary, learner, counts / total, counts.map(lambda count: f"{count}/{total}")))
    within = f"trainings within {as_points(tolerance)} of the {measure_of(summary)}"
    title = style.title(summary, f"{within}, of ")
    return heatmap.draw_maps(maps, title, heatmap.Look(style.MAP, Normalize(0, 1), {"label": "share of trainings"}))
