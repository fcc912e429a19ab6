"""What a figure shows, read off matplotlib's artists; and whether it can be read: its words, its size."""

from importlib import import_module

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text


def draw(name: str, *given, **options) -> Figure:
    """A figure by its module's name. It can be read."""
    figure = import_module(f"applicability.figures.{name}").draw(*given, **options)
    assert_readable(figure)
    return figure


def assert_readable(figure: Figure) -> None:
    """A figure has one of the two widths and is no higher than a page. No text is smaller than it may be or cut at the
    figure's edge, and none lies on another. Lines and marks are neither too thin nor too thick."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    assert width in (3.4, 7.0)
    assert 1.5 < height <= 9.2
    texts = texts_of(figure)
    assert min(text.get_fontsize() for text in texts) >= 7
    words = [text.get_text() for text in texts]
    boxes = np.array([text.get_window_extent(renderer).padded(-1).extents for text in texts]).reshape(-1, 2, 2)
    low, high = boxes[:, 0], boxes[:, 1]
    cut = (low < -1).any(1) | (high > figure.bbox.max + 1).any(1)
    assert not cut.any(), f"cut: {[words[place] for place in np.flatnonzero(cut)]}"
    over = np.triu((low[:, None] < high).all(-1) & (low < high[:, None]).all(-1), 1)
    assert not over.any(), f"on another: {[(words[one], words[other]) for one, other in np.argwhere(over)][:5]}"
    lines = [line for axes in figure.axes for line in axes.lines]
    assert all(0.2 < line.get_linewidth() < 2 for line in lines)
    assert all(0.9 < line.get_markersize() < 7 for line in lines if line.get_marker() != "None")


def assert_map(axes: Axes, words: list[list[str]], shares, cmap=colormaps["cividis"]) -> None:
    """A map has these words, each in its cell, seen well, and these colours: shares of the way along the colour map."""
    rows, columns = np.shape(words)
    assert words_in(axes) == list(np.ravel(words))
    places = [(column + 0.5, row + 0.5) for row in range(rows) for column in range(columns)]
    assert [text.get_position() for text in axes.texts] == places
    colours = axes.collections[0].get_facecolors()
    np.testing.assert_allclose(colours, cmap(np.ravel(shares)), atol=0.01)
    for text, (*colour, alpha) in zip(axes.texts, colours, strict=True):
        assert contrast(text.get_color(), colour if alpha else "white") > 4.5
        if box := text.get_bbox_patch():
            np.testing.assert_allclose(box.get_facecolor()[:3], colour if alpha else [1, 1, 1])
    boxed = [divmod(place, columns) for place, text in enumerate(axes.texts) if text.get_bbox_patch()]
    assert boxed == hatched(axes)
    assert axes.yaxis_inverted()


def assert_points(lines: list[Line2D], expected: list) -> None:
    """Lines have these points and no others, but for points that are NaN."""
    found, expected = ([np.array(each, float) for each in all] for all in (map(points_of, lines), expected))
    expected = [each[np.isfinite(each).all(1)] for each in expected]
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def texts_of(figure: Figure) -> list[Text]:
    """Every text that a figure shows: of ticks, only those within their axis."""
    found = [*figure.texts]
    for legend in [*figure.legends, *(axes.get_legend() for axes in figure.axes)]:
        found += [legend.get_title(), *legend.get_texts()] if legend else []
    for axes in figure.axes:
        if axes.axison:
            found += [axes.xaxis.label, axes.yaxis.label, axes.xaxis.offsetText, axes.yaxis.offsetText]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
                found += [label for tick in ticks for label in (tick.label1, tick.label2)]
        found += [axes.title, axes._left_title, axes._right_title, *axes.texts]
    return [text for text in found if text is not None and text.get_visible() and text.get_text().strip()]


def words_in(axes: Axes) -> list[str]:
    """The words within a panel, in the order of drawing."""
    return [text.get_text() for text in axes.texts]


def titles_of(figure: Figure) -> list[tuple[str, str]]:
    """The letter and the title of each panel, the latter on one line."""
    return [(axes.get_title(loc="left"), axes.get_title().replace("\n", " ")) for axes in figure.axes]


def labels_of(figure: Figure) -> tuple[str, str, str]:
    """What stands above, below and to the left of all panels, each on one line."""
    words = (figure.get_suptitle(), figure.get_supxlabel(), figure.get_supylabel())
    return tuple(each.replace("\n", " ") for each in words)


def legend_of(figure: Figure) -> list[str]:
    """The labels of a figure's legend, each on one line."""
    return [text.get_text().replace("\n", " ") for legend in figure.legends for text in legend.get_texts()]


def ticks_of(axes: Axes, which: str) -> list[str]:
    """The labels of the ticks of axis x or y that are in view."""
    low, high = sorted(getattr(axes, f"get_{which}lim")())
    axis = getattr(axes, f"{which}axis")
    places = axis.get_ticklocs()
    labels = [label.get_text() for label in axis.get_ticklabels()] or axis.get_major_formatter().format_ticks(places)
    return [label for place, label in zip(places, labels, strict=True) if low <= place <= high]


def lines_of(axes: Axes, **looks) -> list[Line2D]:
    """The lines and marks with points that a panel shows, those of such looks (color, marker, linestyle, label)."""
    shown = [line for line in axes.lines if len(points_of(line))]
    return [line for line in shown if all(getattr(line, f"get_{name}")() == value for name, value in looks.items())]


def points_of(*lines: Line2D) -> list:
    """The points of lines [P, 2], one after the other, as floats; those that are NaN are left out."""
    points = np.concatenate([np.column_stack([*np.broadcast_arrays(*line.get_data())]).astype(float) for line in lines])
    return points[np.isfinite(points).all(1)]


def bands_of(axes: Axes) -> dict[str, dict[float, tuple[float, float]]]:
    """The bands of a panel by colour: at each x the lower and the upper edge."""
    bands = {}
    for band in axes.collections:
        vertices = [path.vertices for path in band.get_paths()]
        places = np.concatenate(vertices) if vertices else np.empty((0, 2))
        edges = {x: (places[places[:, 0] == x, 1].min(), places[places[:, 0] == x, 1].max()) for x in places[:, 0]}
        bands.setdefault(to_hex(band.get_facecolor()[0]).upper(), {}).update(edges)
    return bands


def hatched(axes: Axes) -> list[tuple[int, int]]:
    """Row and column of the cells of a map that are crossed out."""
    boxes = [each.get_datalim(axes.transData) for each in axes.collections if each.get_hatch() == "xxxxx"]
    assert all(0.9 < side < 1 for box in boxes for side in box.size)  # nearly the whole cell
    return [(int(box.y0), int(box.x0)) for box in boxes]


def outlined(axes: Axes) -> list[tuple[float, float, float, float]]:
    """The outlines on a map, each as its left and upper edge, its width and its height, in cells."""
    return [each.get_bbox().bounds for each in axes.patches if not each.get_fill()]


def contrast(one, other) -> float:
    """The contrast of two colours as the Web Content Accessibility Guidelines define it: from 1 to 21."""
    light = []
    for colour in (one, other):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        light.append(linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    return max(light) / min(light)
