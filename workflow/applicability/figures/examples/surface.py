"""Figure surface of the clusters: what the network says of every place in the plane, and what is true."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import expit, logit

from applicability.drawing import style
from applicability.drawing.panels import shared_legend
from applicability.storage.arrays import read_arrays

NEEDS = {"dimension": 2}
CAPTION = """\
What the network of the worked example ``{{ example }}`` says of every place in the plane: contours and surface of its
probability, its probability along the line through both means beside the true one (grey), and where it is sure, cut
at 0.3 and 0.7. Dashed its boundary; grey the band in which the true probability is between 0.3 and 0.7, and in it,
white, the true boundary. It sorts {{ "%.4f" % training_accuracy }} of its training draws right, with mean outputs of
{{ "%.3f" % mean_output_class_1 }} in class 1 and {{ "%.3f" % mean_output_class_2 }} in class 2.

Draws that are all sorted right say little about either: probabilities can be far too timid, and away from the draws
the boundary can leave the true one.
"""

BAND = logit([0.3, 0.7])  # between them neither group is sure
COLOURS = style.MAP
DRAWS = {"s": 14, "edgecolors": "white", "linewidths": 0.6}
TRUE = "0.35"  # grey; what was learned is dashed
NAMES = ("x", "true_logits", "logits", "place", "line_true_logits", "line_logits", "points", "outputs")


def read(path: Path) -> tuple:
    """The cell with the arrays of :func:`applicability.commands.example.clusters`."""
    return read_arrays(path, *NAMES)


def draw(curves: list[tuple]) -> Figure:
    """Four panels: contours of the probability; its surface with the points at their outputs; the probability along the
    line through both means; regions of confidence cut at 0.3 and 0.7. In the planes the true boundary and 0.3–0.7 band.
    """
    [(cell, x, true, learned, place, line_true, line_learned, points, outputs)] = curves
    sides = [np.unique(x[:, coordinate]) for coordinate in (0, 1)]
    shape = len(sides[1]), len(sides[0])
    true, learned = true.reshape(shape), learned.reshape(shape)
    figure = style.figure(style.PAGE, 6)
    contours, line, regions = (figure.add_subplot(2, 2, place) for place in (1, 3, 4))
    surface = figure.add_subplot(2, 2, 2, projection="3d")

    filled = contours.contourf(*sides, expit(learned), levels=20, cmap=COLOURS, vmin=0, vmax=1)
    figure.colorbar(filled, ax=contours, ticks=[0, 0.25, 0.5, 0.75, 1], label="probability of class 1")
    contours.set_title("probability")
    cuts = [0, 0.3, 0.7, 1]
    regions.contourf(*sides, expit(learned), levels=cuts, cmap=COLOURS, vmin=0, vmax=1)
    regions.set_title("sure of class 2 below 0.3,\nof class 1 above 0.7")
    for axes in (contours, regions):
        plane(axes, sides, true, learned, cell.groups, points)

    grid = np.meshgrid(*sides)
    surface.plot_surface(*grid, expit(learned), cmap=COLOURS, vmin=0, vmax=1, alpha=0.7, linewidth=0)
    for index, draws in enumerate(points):
        surface.scatter(*draws.T, outputs[index], color=style.group_colour(index), marker=style.MARKERS[index], **DRAWS)
    surface.view_init(elev=25, azim=140)
    ends = sides[0][[0, -1]]
    surface.set(xticks=[ends[0], 0, ends[1]], yticks=[ends[0], 0, ends[1]], zticks=[0, 0.5, 1])
    for axis in (surface.xaxis, surface.yaxis):
        axis.set_major_formatter("{x:.3g}")
    surface.set_box_aspect((1, 1, 0.9), zoom=0.85)  # room for the labels of its axes
    surface.zaxis.labelpad = -2
    surface.set(xlabel="x₁", ylabel="x₂", zlabel="probability of class 1", title="the same as a surface")

    line.plot(place[:, 0], expit(line_true[:, 0]), color=TRUE, linewidth=1.5, label="true")
    line.plot(place[:, 0], expit(line_learned[0, :, 0]), color="black", linestyle="--", label="learned")
    line.set(
        xlabel="distance from halfway, towards class 1,\nin units of the locations", ylabel="probability of class 1"
    )
    line.set(title="along the line through both means", xlim=place[[0, -1], 0], ylim=(-0.02, 1.02))
    line.legend(frameon=False, loc="upper left")
    style.letters([contours, surface, line, regions])
    shared_legend(figure, contours)
    return figure


def plane(
    axes: Axes, sides: list, true: np.ndarray, learned: np.ndarray, groups: list[str], points: np.ndarray
) -> None:
    """The points, the learned boundary, and the true one with the band in which the true probability is 0.3 to 0.7."""
    for index in (1, 0):  # class 1 first
        marks = {"marker": style.MARKERS[index], "label": groups[index], "zorder": 3}
        axes.scatter(*points[index].T, color=style.group_colour(index), **marks | DRAWS)
    axes.contour(*sides, learned, levels=[0], colors="black", linewidths=1, linestyles="--")
    axes.plot([], [], color="black", linestyle="--", label="learned boundary")
    axes.contourf(*sides, true, levels=BAND, colors=[TRUE])
    axes.contour(*sides, true, levels=[0], colors="white", linewidths=0.7)
    axes.fill_between([], [], color=TRUE, label="true probability 0.3 to 0.7, and boundary")
    ticks = np.linspace(sides[0][0], sides[0][-1], 5)
    axes.set(xlabel=style.PLANE[0], ylabel=style.PLANE[1], xticks=ticks, yticks=ticks)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:.3g}")
