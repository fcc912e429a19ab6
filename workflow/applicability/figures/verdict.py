"""Figure verdict: in which cells a learner reaches the target, and what holds it back in the others."""

import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from applicability.figures import heatmap, style
from applicability.summarise import grid_of
from applicability.verdict import VERDICTS

COLOURS = ["#8BC3E6", "#D9D9D9", "#F2B36B", "#E8A0C8"]  # light, so that the words read; grey for overlap


def draw(summary: pd.DataFrame, learner: str, target_accuracy: float, tolerance: float) -> Figure:
    """Map of one learner's verdicts, each cell with its word; crossed out where a training diverged."""
    words = grid_of(summary, learner, "verdict")
    figure, axes = heatmap.canvas(*words.shape)
    codes = words.map(VERDICTS.index).where(words != "diverged")
    heatmap.heatmap(axes, codes, words, cmap=ListedColormap(COLOURS), vmin=0, vmax=len(COLOURS), cbar=False)
    heatmap.diverged(axes, summary, learner)
    target = f"target {target_accuracy:g}, tolerance {tolerance:g}"
    axes.set_title(f"{style.title(summary, learner)}\n{target}")
    return figure
