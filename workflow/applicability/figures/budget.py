"""Figure budget: accuracy of learners that differ only in training budget, on the same draws."""

import pandas as pd
from matplotlib.figure import Figure

from applicability.drawing import heatmap, looks, style
from applicability.storage.tables import grid_of, sharpest
from applicability.wording import number

CAPTION = """\
What the same network, optimiser and draws achieve with different training budgets: mean accuracy{{ findings.how() }}
over scale and n, the SGD steps taken below each n, and the {{ findings.measure() }} accuracy at each
scale{{ findings.error_of_best() }}. The budgets differ most {{ findings.budgets() }}.
{%- if findings.stopped(findings.study.budgets) %} Where training stops early, steps are those of the scale with the
least median to those of the scale with the largest, and the draws that are held out for it count in n.{% endif %}
{{- findings.diverged() }}

A fixed number of epochs gives small samples few steps: a low accuracy there says nothing about how many draws the
task needs.
"""


def draw(summary: pd.DataFrame, optimum: pd.DataFrame, budgets: dict[str, str]) -> Figure:
    """Draw an accuracy map for each learner of budgets, and the optimum.

    budgets: learner -> its training budget in words. Below each n stand the SGD steps of the training.
    """
    column = sharpest(summary, "accuracy_mean")
    maps = []
    for learner, budget in budgets.items():
        grid, steps = grid_of(summary, learner, column), grid_of(summary, learner, "steps").agg(["min", "max"])
        taken = [f"{number(low)} to\n{number(high)}" if low < high else number(low) for low, high in steps.T.to_numpy()]
        more = {"title": f"{learner}: {budget}", "below": taken}
        maps.append(heatmap.Map.of(summary, learner, grid, grid.map(looks.format_accuracy), **more))
    xlabel = f"{style.N}, and below it the SGD steps taken"
    return looks.accuracies(maps, style.title(summary), summary, optimum, xlabel=xlabel)
