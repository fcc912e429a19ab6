"""Figure verdict: in which cells a learner works, and what would bring back most of what is missing in the others."""

import pandas as pd
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from applicability.drawing import heatmap, style
from applicability.storage.tables import grid_of, measure_of, most_possible
from applicability.wording import as_points

TOGETHER = "verdicts"  # the figure of all learners side by side
CAPTION = """\
Where {{ findings.learners() }} can be trusted to come within {{ findings.tolerance() }} of the
{{ findings.measure() }}, and if not, what would bring back at least half of the mean gap. good: at least half of the
trainings are within; training: the same model, trained otherwise; model: another model or a reference rule; data:
more draws, in as many steps{% if findings.fitted() %} if it takes any{% endif %}; unexplained: none of these can be
shown. {% if not findings.study.known %}best known: the measure itself. {% endif %} {{ findings.verdicts() }}.
{{ findings.unseen() }}{{ findings.caveat() }}{{ findings.beyond_target() }}
{%- if findings.study.target_accuracy %} {{ findings.bounds() }}{% endif %}{{ findings.diverged() }}

{{ findings.what_it_takes() }} {{ findings.what_a_remedy_takes() }}{{ findings.would_tell() }}
"""

# the darker the less is known to help: verdicts differ in grey too
COLOURS = {
    "best known": "#D4D4D4",
    "good": "#E3F2FA",
    "training": "#F2B84B",
    "model": "#4FB0A0",
    "data": "#A8508C",
    "unexplained": "#4A4A4A",
}


def draw(
    summary: pd.DataFrame,
    optimum: pd.DataFrame,
    learners: list[str],
    tolerance: float,
    target_accuracy: float | None = None,
) -> Figure:
    """Draw a map of verdicts for each learner, crossed out where a training diverged.

    Rows of scales whose optimum misses the target accuracy are outlined.
    """
    cmap, norm = ListedColormap(list(COLOURS.values())), Normalize(0, len(COLOURS))
    most = most_possible(summary, optimum)
    beyond = most.index[most < (target_accuracy or 0)]
    maps = [verdict_map(summary, learner, beyond) for learner in learners]
    title = style.title(summary, f"within {as_points(tolerance)} of the {measure_of(summary)}, ")
    known = f"overlap: not even the best possible reaches {target_accuracy or 0:g}"
    mark = known if "accuracy" in optimum else f"upper bound of the best possible below {target_accuracy or 0:g}"
    named = {word: colour for word, colour in COLOURS.items() if word != "best known" or word == measure_of(summary)}
    return heatmap.draw_maps(maps, title, heatmap.Look(cmap, norm, named=named, mark=mark))


def verdict_map(summary: pd.DataFrame, learner: str, beyond: pd.Index) -> heatmap.Map:
    """The map of one learner's verdicts; the rows of the scales beyond are marked."""
    words = grid_of(summary, learner, "verdict")
    codes = words.map(dict(zip(COLOURS, range(len(COLOURS)), strict=True)).get)
    return heatmap.Map.of(summary, learner, codes, words, marked=beyond)
