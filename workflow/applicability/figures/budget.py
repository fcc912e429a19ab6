"""Figure budget: what learners that differ in their training budget alone make of the same draws."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.figures import heatmap, style
from applicability.summarise import best_known, grid_of


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, budgets: dict[str, str]) -> Figure:
    """Accuracy maps side by side, one per learner of `budgets` (learner -> its budget in words), then the optimum.

    The accuracies are exact in one dimension: with the noise of test draws a network could seem better than the best.
    Under each n stand the SGD steps of the training there.
    """
    column = best_known(summary, "accuracy_mean")
    label = "mean accuracy on test draws" if column == "accuracy_mean" else "mean accuracy"
    grids = {learner: grid_of(summary, learner, column) for learner in budgets}
    rows, columns = next(iter(grids.values())).shape
    panels = len(grids)
    size = 1.5 + panels * max(1.2, 0.2 + 0.36 * columns), max(2.4, 1.35 + 0.27 * rows)
    figure = Figure(figsize=size, layout="constrained")
    widths = [columns] * panels + [1]
    axes = figure.subplots(1, panels + 1, sharey=True, width_ratios=widths)
    for each, (learner, grid) in zip(axes, grids.items(), strict=False):
        heatmap.accuracies(each, grid, optimum, cbar=False)
        heatmap.diverged(each, summary, learner, size=5)
        steps = grid_of(summary, learner, "steps").iloc[0]
        each.set_xticks(each.get_xticks(), [f"{style.number(n)}\n{style.number(steps[n])}" for n in grid.columns])
        each.set(title=f"{learner}: {budgets[learner]}", ylabel="", xlabel="")
    best = optimum.set_index("scale")[["accuracy"]].rename(columns={"accuracy": "best\npossible"})
    heatmap.accuracies(axes[-1], best, optimum, cbar=False)
    axes[-1].set(xlabel="", ylabel="")
    axes[0].set_ylabel(style.SCALE)
    figure.supxlabel(f"{style.N}, and below it the SGD steps taken", fontsize=8)
    figure.colorbar(axes[0].collections[0], ax=axes, label=label, fraction=0.03, pad=0.01)
    return figure
