"""Figure loss of an example: every step of its training."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from applicability.drawing import style
from applicability.storage import tables
from applicability.wording import number

CAPTION = """\
Every step of the training of the worked example ``{{ example }}``: the loss of the batch, with the expected loss of
the optimal rule (dashed), and of the first layer's weights the sums of the gradients' and of the changes' absolute
values. The mean loss of an epoch falls from {{ "%.4f" % epoch_loss[0] }} to {{ "%.4f" % epoch_loss[-1] }} nat in
{{ epoch_loss | length }} epochs.{% if accuracy is defined %} Of as many fresh draws the network sorts
{{ "%.5f" % accuracy }} right, where {{ "%.5f" % optimum }} is possible.{% endif %}

A batch's loss scatters about the expected one, and may be below the optimal rule's.
"""

PANELS = {"loss": "loss, nat", "gradient": "Σ |gradient|", "change": "Σ |change|"}


def read(path: Path) -> pd.DataFrame:
    """A history."""
    return tables.read(path, *tables.KEYS, "step", *PANELS)


def draw(history: list[pd.DataFrame], optimum: pd.DataFrame) -> Figure:
    """The loss of every step, with the expected loss of the optimal rule, and of the first layer's weights the sums of
    |gradient| and of |change|; logarithmic but for the steps."""
    [steps] = history
    figure = style.figure(style.PAGE, 2.1)
    panels = figure.subplots(1, len(PANELS), sharex=True)
    width = 0.3 if len(steps) > 1000 else 1
    for axes, (name, label) in zip(panels, PANELS.items(), strict=True):
        axes.plot(steps["step"], steps[name], color=style.LEARNERS[0], linewidth=width)
        axes.set(title=label, xlabel="SGD step", xlim=(0, len(steps)))
        axes.xaxis.set_major_formatter(lambda step, _: number(step))
        style.logarithmic(axes, "y")
        if steps[name].max() < 100 * steps[name].min():
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panels[0].axhline(optimum["log_loss"].iloc[0], label="expected loss\nof the optimal rule", **style.TRUE_LINE)
    panels[0].legend(frameon=False)
    for axes in panels[1:]:
        axes.set_title(f"{axes.get_title()}, first layer")
    style.letters(panels)
    return figure
