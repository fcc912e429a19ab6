"""Figure loss: how the training loss of each replicate comes down, over the loss of the optimal rule."""

import pandas as pd
from matplotlib.figure import Figure

from applicability import tables
from applicability.figures import style
from applicability.figures.panels import legend, panels, replicates

LEAST = 1e-4  # nat: the lowest loss that is shown
RATIO = 20  # of highest to lowest loss: above, their axis is logarithmic

read = tables.read


def draw(cells: list[pd.DataFrame], optimum: pd.DataFrame, learner: str) -> Figure:
    """Mean loss of each span of the steps, a thin line for each replicate; steps on a logarithmic axis.

    The floor is the optimal rule's expected log-loss; the loss of a network's own few training draws can be lower.
    """
    cells = {(history["scale"].iloc[0], history["n"].iloc[0]): history for history in cells}
    floors = optimum.set_index("scale")["log_loss"]
    figure, places = panels(cells, (1.4, 1.05), "SGD step", "loss, nat", sharex=True)
    for (scale, n), history in cells.items():
        [axes] = places[scale, n]
        lines = history.pivot(index="step", columns="replicate", values="loss")
        replicates(axes, lines.index, lines, learner)
        axes.axhline(floors[scale], label="loss of the optimal rule", **style.TRUE_LINE)
        style.logarithmic(axes, "x")
    for [axes] in places.values():
        low, high = axes.get_ylim()
        low = max(low, LEAST)
        if high / low > RATIO:
            style.logarithmic(axes, "y")
            axes.set_ylim(low, high)
            if axes.get_ylabel():
                axes.set_ylabel(axes.get_ylabel() + " (log)")
    legend(figure, figure.axes[0])
    return figure
