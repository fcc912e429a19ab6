"""Figure regions: learned and optimal decision regions in the plane."""

from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from applicability.drawing import style
from applicability.drawing.panels import note_diverged, panels, shared_legend
from applicability.figures.posterior import read
from applicability.logits import decide
from applicability.tasks.truth import Truth

NEEDS = {"dimension": 2}
CAPTION = """\
Which group the replicates of {{ findings.learners() }} name at each place in the plane (colours of the groups, mixed by
the share of replicates){% if findings.study.known %}, the boundary of each replicate (thin) and the optimal boundary
(dashed){% else %} and the boundary of each replicate (thin){% endif %}, at up to four scales and sample sizes. Over all
cells the gap goes, in points, {{ findings.range("gap", ".2g", 100) }}. {{ findings.diverged() }}

Boundaries matter only where the groups meet: further out there are hardly any draws, and differences between
replicates cost nothing.
"""

__all__ = ["draw", "read"]

PALE = 0.6  # share of white in a region


def draw(curves: list[tuple], learner: str) -> Figure:
    """Draw decision regions and boundaries, a panel for each cell.

    The groups' colours are mixed by the share of replicates that name each group. Thin: each replicate's boundary;
    dashed: the optimal boundary. Replicates whose training diverged are left out.
    """
    groups = curves[0][0].groups
    keys = [(cell.scale, cell.n) for cell, *_ in curves]
    figure, places = panels(keys, (1.1, 1.1), *style.axis_names(curves[0][0], [0, 1]), square=True)
    for cell, x, true, learned in curves:
        [axes] = places[cell.scale, cell.n]
        sides = [np.unique(x[:, coordinate]) for coordinate in (0, 1)]
        gone = np.isnan(learned).all((1, 2))
        learned = learned[~gone]
        if len(learned):
            shade(axes, sides, decide(learned.mT), len(groups))
        for replicate in learned:
            boundaries(axes, sides, replicate, colors="0.25", linewidths=0.4)
        boundaries(axes, sides, true, colors=style.TRUTH, linewidths=1, linestyles="--")
        centres = [group.centres for group in Truth.of_cell(cell).groups]
        for group, each in enumerate(centres):
            axes.plot(*each.T, **location(group))
        note_diverged(axes, gone)
        axes.set(xlim=sides[0][[0, -1]], ylim=sides[1][[0, -1]], aspect="equal")
        axes.locator_params(nbins=4)
    first = figure.axes[0]
    for group, name in enumerate(groups):
        first.fill_between([], [], color=style.group_colour(group), alpha=1 - PALE, linewidth=0, label=f"names {name}")
    first.plot([], [], color="0.25", linewidth=0.5, label=f"boundary of each replicate of {learner}")
    if not np.isnan(true).all():
        first.plot([], [], label="optimal boundary", **style.TRUE_LINE)
    for group, name in enumerate(groups):
        if len(centres[group]):  # of a class of one's own there are none
            first.plot([], [], label=f"location of {name}", **location(group))
    shared_legend(figure, first)
    return figure


def location(group: int) -> dict:
    """The mark at the location of a group."""
    marks = {"color": style.group_colour(group), "marker": style.MARKERS[group], "linestyle": "none"}
    return marks | {"markersize": 4, "markeredgecolor": "black", "markeredgewidth": 0.5}


def shade(axes: Axes, sides: list[np.ndarray], named: np.ndarray, groups: int) -> None:
    """Draw the groups' colours, mixed by their shares in named [R, P], groups by replicate."""
    shares = np.stack([(named == group).mean(0) for group in range(groups)], axis=-1)
    colours = np.array([to_rgb(style.group_colour(group)) for group in range(groups)])
    pixels = (PALE + (1 - PALE) * shares @ colours).reshape(len(sides[1]), len(sides[0]), 3)
    halves = [(side[1] - side[0]) / 2 for side in sides]  # a pixel's middle lies on its place
    extent = [edge for side, half in zip(sides, halves, strict=True) for edge in (side[0] - half, side[-1] + half)]
    axes.imshow(pixels, extent=extent, origin="lower", aspect="auto", interpolation="bilinear")


def boundaries(axes: Axes, sides: list[np.ndarray], logits: np.ndarray, **lines) -> None:
    """Draw lines where the likeliest group changes, from logits [P, K] on a grid."""
    logits = logits.reshape(len(sides[1]), len(sides[0]), -1)
    between = [logits[..., 0]] if logits.shape[-1] == 1 else []
    for one, other in combinations(range(logits.shape[-1]), 2):
        others = np.delete(logits, (one, other), -1).max(-1)
        first = logits[..., [one, other]].max(-1) >= others
        between.append(np.where(first, logits[..., one] - logits[..., other], np.nan))
    for lead in between:
        if np.nanmin(lead, initial=np.inf) < 0 < np.nanmax(lead, initial=-np.inf):
            axes.contour(*sides, lead, levels=[0], **lines)
