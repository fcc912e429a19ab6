"""Figure loss: training loss of each replicate by step, and the optimal rule's loss."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import panels, replicates, shared_legend
from applicability.storage import tables

NEEDS = {"losses": True}

CAPTION = """\
{% if findings.study.known %}
The training loss of each replicate of {{ findings.learners() }} and the expected loss of the optimal rule (dashed)
{%- if findings.study.training == "as_weights" %}, for groups as the weights say: of few draws each group has one at
least, which costs more{% elif findings.study.weights %}, both of groups that are alike in number{% endif %}, in nat
{{ findings.best("training_log_loss", ".2g") }}. The excess log-loss of the trained networks over the true probabilities
is, in nat, {{ findings.range("excess_log_loss", ".2g") }}. {{ findings.infinite("excess_log_loss") }}
{%- else %}
The training loss of each replicate of {{ findings.learners() }}. The log-loss on the test draws is, in nat,
{{ findings.range("log_loss", ".2g") }}{% if findings.study.weights %}, at the weights of the groups{% endif %}.
{%- endif %}
{%- if findings.stopped() %} Beside it is the loss on the draws that are held out for early stopping, with a dot at its
least: the network is that of the dot; without one, that of the first epoch.{% endif %}
{{- findings.diverged() }}

{% if findings.study.known %}Where a curve ends far above the dashed line, the probabilities have not converged, though
the decision may have. Where it ends below, these few draws are easier than others, or learned by heart. {% else %}Where
a curve ends far below the log-loss on test draws, these few draws are easier than others, or learned by heart.
{% endif %}A point is the mean over the steps since the point before, and a cross is where a line that diverges is last
seen.
"""

LEAST, MOST = 1e-4, 100  # nat: the lowest and the highest loss that is shown
RATIO = 20  # of highest to lowest loss in a panel: above, the axis is logarithmic
CROSS = {"color": style.LEARNERS[1], "marker": "x", "markersize": 4, "linestyle": "none"}
HELD_OUT = {"color": style.LEARNERS[2], "linewidth": 0.5, "alpha": 0.7}
TAKEN = {"color": style.LEARNERS[2], "marker": "o", "markersize": 2, "linestyle": "none"}


def read(path: Path) -> pd.DataFrame:
    """A cell's history: a row per replicate and span, with step and loss (nat)."""
    return tables.read(path, *tables.KEYS, "step", "loss")


def draw(history: list[pd.DataFrame], optimum: pd.DataFrame, learner: str) -> Figure:
    """Draw the mean loss of each span of steps, a thin line for each replicate.

    Where training stops early also the loss on held-out draws, with a dot where the network was taken. Dashed: the
    expected log-loss of the optimal rule; the loss on a network's own few training draws can be lower. A cross is where
    a line that diverges is last seen.
    """
    cells = {(cell["scale"].iloc[0], cell["n"].iloc[0]): cell for cell in history}
    floors = optimum.set_index("scale").get("training_log_loss", {})
    figure, places = panels(cells, (1.1, 1.05), "SGD step", "loss, nat", sharex=True)
    leaving = 0
    for (scale, n), cell in cells.items():
        [axes] = places[scale, n]
        lines = by_step(cell, "loss")
        replicates(axes, lines.index, lines, learner)
        if "validation_loss" in cell:
            held_out(axes, cell)
        leaving += crosses(axes, lines, cell.drop_duplicates("replicate", keep="last").set_index("replicate")["loss"])
        if scale in floors:
            axes.axhline(floors[scale], label="loss of the optimal rule", **style.TRUE_LINE)
        floor = floors.get(scale, np.log(2))
        axes.update_datalim([(lines.index[-1], floor)])  # all steps, also where every line breaks off
        style.logarithmic(axes, "x")
    for [axes] in places.values():
        low, high = axes.get_ylim()
        low, high = max(low, LEAST), min(high, MOST)
        axes.set_ylim(low, high)
        if high / low > RATIO:
            style.logarithmic(axes, "y")
            if axes.get_ylabel():
                axes.set_ylabel(axes.get_ylabel() + "\n(logarithmic)")
    if leaving:
        figure.axes[0].plot([], [], **CROSS, label=f"no number, or above {MOST} nat, from here on")
    shared_legend(figure, figure.axes[0])
    return figure


def by_step(cell: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of a history, a row per step and a column per replicate; between the steps of each, on a line."""
    return cell.pivot(index="step", columns="replicate", values=column).interpolate("index", limit_area="inside")


def held_out(axes: Axes, cell: pd.DataFrame) -> None:
    """Draw the losses of a cell's history on the held-out draws, and mark the least of each replicate."""
    lines = by_step(cell, "validation_loss")
    axes.plot(lines.index, lines, **HELD_OUT)[0].set_label("on held-out draws")
    known = cell.dropna(subset="validation_loss")
    least = known.loc[known.groupby("replicate")["validation_loss"].idxmin()]
    axes.plot(least["step"], least["validation_loss"], **TAKEN, label="where the network was taken")


def crosses(axes: Axes, lines: pd.DataFrame, last: pd.Series) -> int:
    """Mark where lines that do not end in sight were last seen; their number.

    last: the last loss of each replicate. A line that is never in sight is marked at the upper edge.
    """
    seen = lines.where(lines <= MOST)
    gone = last.index[~(last <= MOST)]
    for replicate in gone:
        step = seen[replicate].last_valid_index() or seen.index[0]
        axes.plot(step, np.fmin(seen.loc[step, replicate], MOST), **CROSS, clip_on=False)
    return len(gone)
