"""Whether a figure can be read: its words, its size."""

import numpy as np
from applicability.drawing import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text


def assert_readable(figure: Figure) -> None:
    """A figure has one of the two widths and is no higher than a page. No text is smaller than it may be or cut at the
    figure's edge, and none lies on another."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    assert width in (style.COLUMN, style.PAGE)
    assert height <= style.TALLEST
    texts = texts_of(figure)
    assert min(text.get_fontsize() for text in texts) >= style.SMALL
    words = [text.get_text() for text in texts]
    boxes = np.array([text.get_window_extent(renderer).padded(-1).extents for text in texts]).reshape(-1, 2, 2)
    low, high = boxes[:, 0], boxes[:, 1]
    cut = (low < -1).any(1) | (high > figure.bbox.max + 1).any(1)
    assert not cut.any(), f"cut: {[words[place] for place in np.flatnonzero(cut)]}"
    over = np.triu((low[:, None] < high).all(-1) & (low < high[:, None]).all(-1), 1)
    assert not over.any(), f"on another: {[(words[one], words[other]) for one, other in np.argwhere(over)][:5]}"


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
