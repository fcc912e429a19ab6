"""Figure samples: the training draws of cells, as histograms or points.

In one dimension histograms with the true densities, in more points.
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from applicability.drawing import style
from applicability.drawing.panels import panels, shared_legend
from applicability.storage.arrays import read_arrays
from applicability.study.cell import Cell
from applicability.tasks.observed import view_of
from applicability.tasks.truth import Truth

CAPTION = """\
The training draws of the first of {{ findings.replicates() }}, {{ findings.sizes() }}
{{ findings.drawn() | replace("training draws ", "") }}, at up to 15 scales and sample sizes: in
one dimension histograms{% if findings.study.known and not findings.study.observe %} with the true densities (lines,
scaled to counts){% endif %}, in more points{% if findings.study.inputs > 2 %}, by the two coordinates of
{{ findings.study.inputs }} in which the groups' means differ most, in standard deviations{% endif %}. The groups are
{{ findings.groups() }} at scale 1.

The counts of small samples scatter widely: the groups are the same in every panel of a row.
"""

BINS = 100
MANY = 8  # panels across: with more there is no room for the ticks of each
MARGIN, MARGIN_OF_POINTS = 5, 3  # scales beyond the outer locations that histograms, and points, show


def read(path: Path) -> tuple[Cell, np.ndarray]:
    """A cell and what networks see of the training draws of its first replicate, [N, D], group by group."""
    cell, draws = read_arrays(path, "train")
    return cell, view_of(cell)(draws[:1])[0]


def apart(cell: Cell, draws: np.ndarray) -> list[np.ndarray]:
    """The draws [N, D] of each group of a cell."""
    return np.split(draws, np.cumsum(cell.counts)[:-1])


def draw(samples: list[tuple[Cell, np.ndarray]]) -> Figure:
    """Draw histograms of each group; in more than one dimension, points by the two coordinates that differ most."""
    keys = [(cell.scale, cell.n) for cell, _ in samples]
    if samples[0][1].shape[-1] > 1:
        shown = most_different(max((apart(*each) for each in samples), key=lambda groups: sum(map(len, groups))))
        figure, places = panels(keys, (0.9, 0.9), *style.axis_names(samples[0][0], shown, seen=True), square=True)
        for cell, draws in samples:
            scatter(*places[cell.scale, cell.n], cell, draws, shown)
    else:
        figure, places = panels(
            keys, (0.9, 0.8), *style.axis_names(samples[0][0], [0], seen=True), "count", sharey="col"
        )
        bins = bins_for(figure.get_figwidth() / len({n for _, n in keys}))
        for cell, draws in samples:
            [axes] = places[cell.scale, cell.n]
            histogram(axes, cell, draws, bins)
            axes.tick_params(axis="y", rotation=90)  # so that labels take little of a narrow panel
            axes.locator_params(axis="y", nbins=2)
    for [axes] in places.values():
        axes.locator_params(axis="x", nbins=3)
        if len({n for _, n in keys}) > MANY:
            sparing(axes)
    shared_legend(figure, figure.axes[0])
    return figure


def sparing(axes: Axes) -> None:
    """Leave few ticks on a panel among many.

    Panels of a row share x: only the first has labels. Panels of a column share counts: only the top has its one label.
    """
    place, (low, high) = axes.get_subplotspec(), axes.get_xlim()
    ticks = [tick for tick in MaxNLocator(2).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    axes.tick_params(length=2, pad=1.5, labelbottom=place.is_first_col())
    if axes.patches:  # counts
        top = axes.get_ylim()[1]
        axes.set_yticks([max(one * 10**power for power in range(9) for one in (1, 2, 5) if one * 10**power <= top)])
        axes.tick_params(axis="y", labelleft=place.is_first_row())
    axes.get_figure().get_layout_engine().set(w_pad=0.01, h_pad=0.01, wspace=0, hspace=0)


def bins_for(panel: float) -> int:
    """The most bins that can be printed in a panel so many inches wide."""
    return next(bins for bins in (BINS, BINS // 2, BINS // 4) if bins <= 120 * panel or bins == BINS // 4)


def most_different(groups: list[np.ndarray]) -> list[int]:
    """The two coordinates in which the means of groups of draws [n, D] differ most, in standard deviations."""
    means = np.array([draws.mean(0, dtype=float) for draws in groups])
    sd = np.sqrt(np.mean([((draws - mean) ** 2).mean(0) for draws, mean in zip(groups, means, strict=True)], axis=0))
    distance = np.divide(np.ptp(means, axis=0), sd, out=np.zeros(len(sd)), where=sd > 0)
    return sorted((-distance).argsort(kind="stable")[:2].tolist())


def scatter(axes: Axes, cell: Cell, draws: np.ndarray, shown: list[int]) -> None:
    """Draw one cell's draws [N, D] as points, by the two coordinates shown."""
    truth = Truth.of_cell(cell)
    size = float(np.clip(60 / np.sqrt(cell.n), 0.5, 12))  # points²
    for group, (name, found) in enumerate(zip(cell.groups, apart(cell, draws), strict=True)):
        x, y = found[:, shown].T
        marks = {"alpha": 0.6, "linewidths": 0, "marker": style.MARKERS[group], "label": f"group {name}"}
        axes.scatter(x, y, size, style.group_colour(group), rasterized=cell.n > 300, **marks)
    xlim, ylim = (span_of(truth, cell, MARGIN_OF_POINTS, draws, each) for each in shown)
    axes.set(xlim=xlim, ylim=ylim)
    axes.locator_params(axis="y", nbins=3)


def span_of(truth: Truth, cell: Cell, margin: float, draws: np.ndarray, coordinate: int) -> tuple[float, float]:
    """Where the picture of a coordinate of draws [N, D] ends: for all n alike, but where a map makes it."""
    if cell.observe:
        low, high = draws[..., coordinate].min(), draws[..., coordinate].max()
        return low - (high - low) / 20, high + (high - low) / 20
    return truth.span(margin, coordinate)


def histogram(axes: Axes, cell: Cell, draws: np.ndarray, bins: int = BINS) -> None:
    """Draw counts of a cell's draws [N, d] and, as lines, the expected counts where densities are known."""
    truth = Truth.of_cell(cell)
    low, high = span_of(truth, cell, MARGIN, draws, 0)
    edges = np.linspace(low, high, bins + 1)
    x = np.linspace(low, high, 4 * BINS + 1)
    for index, (name, values) in enumerate(zip(cell.groups, apart(cell, draws), strict=True)):
        colour = style.group_colour(index)
        axes.hist(values[:, 0], bins=edges, color=colour, alpha=0.5, histtype="stepfilled", label=f"group {name}")
        if truth.known and not cell.observe:
            expected = np.exp(truth.log_densities(x[:, None])[:, index]) * len(values) * (edges[1] - edges[0])
            line = {"color": colour, "linewidth": 0.8, "linestyle": style.DASHES[index % len(style.DASHES)]}
            axes.plot(x, expected, label=f"true density of {name}", **line)
    axes.set_xlim(low, high)
    axes.locator_params(axis="y", integer=True)  # counts
