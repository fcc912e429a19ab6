"""Figure loss of an example: every step of its training."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from applicability.drawing import style
from applicability.storage import tables
from applicability.wording import number

PANELS = {"loss": "loss, nat", "gradient": "Σ |gradient|", "change": "Σ |change|"}


def read(path: Path) -> pd.DataFrame:
    """A history."""
    return tables.read(path, *tables.KEYS, "step", *PANELS)


def draw(cells: list[pd.DataFrame], optimum: pd.DataFrame) -> Figure:
    """The loss of every step, with the expected loss of the optimal rule, and of the first layer's weights the sums of
    |gradient| and of |change|; logarithmic but for the steps."""
    [history] = cells
    figure = style.figure(style.PAGE, 2.1)
    panels = figure.subplots(1, len(PANELS), sharex=True)
    width = 0.3 if len(history) > 1000 else 1
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        axes.plot(history["step"], history[name], color=style.LEARNERS[0], linewidth=width)
        axes.set(title=label, xlabel="SGD step", xlim=(0, len(history)))
        axes.xaxis.set_major_formatter(lambda step, _: number(step))
        style.logarithmic(axes, "y")
        if history[name].max() < 100 * history[name].min():
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panels[0].axhline(optimum["log_loss"].iloc[0], label="expected loss\nof the optimal rule", **style.TRUE_LINE)
    panels[0].legend(frameon=False)
    for axes in panels[1:]:
        axes.set_title(f"{axes.get_title()}, first layer")
    style.letters(panels)
    return figure
