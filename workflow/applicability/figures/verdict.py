"""Figure verdict: which cells reach the target accuracy, and what holds the others back."""

import pandas as pd
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import grid_of

TOGETHER = "verdicts"  # the figure of all learners side by side
CAPTION = """\
In which cells the target accuracy of {{ findings.study.target_accuracy }}, less the tolerance of
{{ findings.study.tolerance }}, is reached by {{ findings.learners() }}, and if not, why. overlap: not even the optimal
rule reaches it; training: another learner or a reference rule reaches it on the same draws; data: none of these does.
{{ findings.verdicts() }}. {{ findings.diverged() }}

The verdict is on means over {{ findings.study.replicates }} replicates. "data" says that nothing tried here reaches
the target with so few draws, not that nothing could.
"""

# the darker the less can be done: verdicts differ in grey too
COLOURS = {"reached": "#D3ECF8", "training": "#F0B040", "data": "#B5679A", "overlap": "#545454"}


def draw(summary: pd.DataFrame, learners: list[str], target_accuracy: float, tolerance: float) -> Figure:
    """Draw a map of verdicts for each learner, crossed out where a training diverged."""
    cmap, norm = ListedColormap(list(COLOURS.values())), Normalize(0, len(COLOURS))
    title = f"{style.title(summary)}; target {target_accuracy:g}, tolerance {tolerance:g}"
    maps = [verdict_map(summary, learner) for learner in learners]
    return heatmap.draw_maps(maps, title, heatmap.Look(cmap, norm, named=COLOURS))


def verdict_map(summary: pd.DataFrame, learner: str) -> heatmap.Map:
    """The map of one learner's verdicts."""
    words = grid_of(summary, learner, "verdict")
    codes = words.map(dict(zip(COLOURS, range(len(COLOURS)), strict=True)).get)
    return heatmap.Map.of(summary, learner, codes, words)
