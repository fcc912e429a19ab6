"""Figure regions: where in the plane each replicate of a learner names which group, and where the optimal rule."""

from itertools import combinations
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from applicability.figures import style
from applicability.figures.panels import legend, panels
from applicability.files import read_arrays
from applicability.score import decide

PALE = 0.6  # share of white in a region


def read(path: Path) -> tuple:
    """A cell with x [P, 2], the true logits [P, K] and the learned ones [R, P, K]."""
    return read_arrays(path, "x", "true_logits", "logits")


def draw(cells: list[tuple], learner: str) -> Figure:
    """Each place in the mixture of the groups' colours that the replicates name there; a thin line along each
    replicate's boundary, dashed the optimal one."""
    groups = [name for name, _ in cells[0][0].task]
    keys = [(cell.scale, cell.n) for cell, *_ in cells]
    figure, places = panels(keys, (1.3, 1.2), "x₁", "x₂")
    for cell, x, true, learned in cells:
        [axes] = places[cell.scale, cell.n]
        named = decide(learned.mT)
        shares = np.stack([(named == group).mean(0) for group in range(len(groups))], axis=-1)
        colours = np.array([to_rgb(style.colour_of(group)) for group in range(len(groups))])
        sides = [np.unique(x[:, coordinate]) for coordinate in (0, 1)]
        axes.imshow(
            (PALE + (1 - PALE) * shares @ colours).reshape(len(sides[1]), len(sides[0]), 3),
            extent=(*sides[0][[0, -1]], *sides[1][[0, -1]]),
            origin="lower",
            aspect="auto",
            interpolation="bilinear",
        )
        for replicate in learned:
            boundaries(axes, sides, replicate, colors="0.25", linewidths=0.4)
        boundaries(axes, sides, true, colors=style.TRUTH, linewidths=1, linestyles="--")
        axes.locator_params(nbins=4)
    first = figure.axes[0]
    for group, name in enumerate(groups):
        first.fill_between([], [], color=style.colour_of(group), alpha=1 - PALE, linewidth=0, label=f"names {name}")
    first.plot([], [], color="0.25", linewidth=0.5, label=f"boundary of each replicate of {learner}")
    first.plot([], [], label="optimal boundary", **style.TRUE_LINE)
    legend(figure, first)
    return figure


def boundaries(axes: Axes, sides: list[np.ndarray], logits: np.ndarray, **lines) -> None:
    """Lines where the likeliest group changes, of logits [P, K] on the grid of two sides."""
    logits = logits.reshape(len(sides[1]), len(sides[0]), -1)
    if logits.shape[-1] == 1:
        axes.contour(*sides, logits[..., 0], levels=[0], **lines)
        return
    for one, other in combinations(range(logits.shape[-1]), 2):
        others = np.delete(logits, (one, other), -1).max(-1)
        between = np.where(logits[..., [one, other]].max(-1) >= others, logits[..., one] - logits[..., other], np.nan)
        if np.nanmin(between, initial=np.inf) < 0 < np.nanmax(between, initial=-np.inf):
            axes.contour(*sides, between, levels=[0], **lines)
