"""Figure accuracy: the map of a learner's mean accuracy over scale and n."""

import seaborn
from matplotlib.figure import Figure

from applicability import tables
from applicability.figures import style
from applicability.summarise import grid_of

read = tables.read


def draw(data: list, learner: str) -> Figure:
    """Heatmap of `accuracy_mean` of one learner of a summary table; every learner has the same colour limits.

    The limits are 0.5 (guessing between two equally likely groups) and 1.
    """
    [summary] = data
    grid = grid_of(summary, learner, "accuracy_mean")
    rows, columns = grid.shape
    figure = Figure(figsize=(1.9 + 0.48 * columns, 1.1 + 0.28 * rows), layout="constrained")
    axes = figure.subplots()
    seaborn.heatmap(
        grid,
        ax=axes,
        vmin=0.5,
        vmax=1.0,
        cmap=style.MAP,
        annot=True,
        fmt=".3f",
        annot_kws={"size": 7},
        linewidths=0.5,
        cbar_kws={"label": "mean accuracy on test draws"},
        xticklabels=[style.number(n) for n in grid.columns],
        yticklabels=[style.number(scale) for scale in grid.index],
    )
    axes.set(xlabel="n, training draws per group", ylabel="scale of both groups", title=title(summary, learner))
    axes.tick_params(length=0, axis="both", rotation=0)
    return figure


def title(summary, learner: str) -> str:
    """Which study, which learner, how many replicates."""
    study, replicates = summary["study"].iloc[0], summary["replicates"].iloc[0]
    return f"{study}: {learner}, mean of {replicates} replicate{'s' if replicates > 1 else ''}"
