"""Training that diverges: no score, no verdict on it but that, and figures that say so."""

import re

import numpy as np
import pandas as pd
import pytest
from applicability.drawing import style
from applicability.figures import (
    accuracy,
    boundary,
    budget,
    differences,
    gap,
    learning,
    loss,
    needed,
    posterior,
    ratio,
    reliability,
    verdict,
)
from applicability.storage import tables
from checkouts import checkout
from matplotlib import rc_context
from readable import assert_readable

pytestmark = [pytest.mark.workflow, pytest.mark.filterwarnings("error")]

HEALTHY = {"hidden": [16], "optimiser": {"sgd": {"lr": 0.1}}, "steps": 60}
LEARNERS = {
    "net": HEALTHY,
    "partly": HEALTHY | {"optimiser": {"sgd": {"lr": 100.0}}},  # in some replicates, in others it just ends badly
    "gone": HEALTHY | {"optimiser": {"sgd": {"lr": 1e6}}},  # some overflow, in some all units die before
    "adam": HEALTHY | {"optimiser": {"adam": {"lr": 1e30}}},  # overflows in the first step
}
REPLICATES = 3
BUDGETS = {"net": "60 steps", "partly": "60 steps", "gone": "60 steps"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The tables of a study of all of them, and of the healthy one alone."""
    projects = {}
    for name, changes, made in (
        ("all", {"learners": LEARNERS, "baseline": "net"}, ["planning", "differences", "tables/accuracy-gone"]),
        ("alone", {"learners": {"net": HEALTHY}}, ["scores"]),
    ):
        projects[name] = project = checkout(tmp_path_factory.mktemp("diverged") / name)
        project.configure(sample_sizes=[10, 100], scales=[1], **changes)
        project.snakemake(*(f"results/tiny/{each}.csv" for each in made))
    return projects


def table(study, name: str, of: str = "all") -> pd.DataFrame:
    return tables.read(study[of].path / f"results/tiny/{name}.csv")


def test_replicates_that_diverged_have_no_scores_but_their_references(study):
    scores = table(study, "scores")
    assert scores["diverged"].dtype == bool
    assert (scores.query("learner in ['gone', 'adam']")["diverged"]).all()
    assert not scores.query("learner == 'net'")["diverged"].any()
    assert 0 < scores.query("learner == 'partly'")["diverged"].sum() < 2 * REPLICATES
    own = [name for name in scores if name not in tables.KEYS + tables.COST + tables.DEVICES + ["diverged"]]
    own = [name for name in own if "bayes" not in name and "plugin" not in name and not name.startswith("boundary")]
    assert {"accuracy", "exact_accuracy", "gap", "collapsed", "information"} <= set(own)
    assert scores[scores["diverged"]][own].isna().all(axis=None)
    assert scores[~scores["diverged"]][own].notna().all(axis=None)
    assert scores.filter(regex="bayes|plugin").notna().all(axis=None)


def test_the_summary_counts_them_and_gives_no_mean_and_the_verdict_diverged(study):
    summary, scores = table(study, "summary"), table(study, "scores")
    counts = scores.groupby(["learner", "scale", "n"], sort=False)["diverged"].sum()
    assert summary["diverged"].tolist() == counts.tolist()
    gone = summary["diverged"] > 0
    assert ((summary["verdict"] == "diverged") == gone).all()
    for part in ("mean", "sd", "low", "high"):
        assert (summary[f"accuracy_{part}"].isna() == gone).all()
    assert not summary["reached_by"].fillna("").str.contains("gone|partly|adam").any()
    differences = table(study, "differences")
    assert (differences["difference_mean"].isna() == (differences["diverged"] > 0)).all()
    assert differences["diverged"].sum() == summary["diverged"].sum()
    planning = table(study, "planning").query("learner in ['gone', 'adam']")
    assert planning[["needed", "fitted_n", "slope"]].isna().all(axis=None)
    shown = (study["all"].path / "results/tiny/tables/accuracy-gone.csv").read_text()
    assert shown == "scale,10,100\n1.0,,\n"


def test_the_others_are_the_same_to_the_byte(study):
    both = {name: project.files() for name, project in study.items()}
    cells = [name for name in both["alone"] if "/net/" in name]
    assert len(cells) == 2 * 5
    assert all(both["all"][name] == both["alone"][name] for name in cells)
    rows = [re.findall(rb"^tiny,net,.*$", files["tiny/scores.csv"], re.MULTILINE) for files in both.values()]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 2 * REPLICATES


def test_no_log_has_a_warning(study):
    logs = [path.read_text() for path in (study["all"].path / "logs").rglob("*.log")]
    assert logs
    assert [text for text in logs if "Warning" in text] == []


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


@pytest.mark.parametrize("learner", ["partly", "gone"])
@pytest.mark.parametrize("figure", [accuracy, gap, verdict, budget])
def test_maps_cross_out_the_cells_with_a_count_and_no_colour(study, figure, learner):
    summary = table(study, "summary")
    files = {"summary": summary} | ({"optimum": table(study, "optimum")} if figure in (accuracy, budget) else {})
    options = {"budgets": BUDGETS} if figure is budget else {"learners": [learner]}
    if figure is verdict:
        options |= {"target_accuracy": 0.95, "tolerance": 0.005}
    with rc_context(style.RC):
        drawn = figure.draw(**files, **options)
        assert_readable(drawn)
    axes = drawn.axes[list(BUDGETS).index(learner) if figure is budget else 0]
    counts = [count for count in summary[summary["learner"] == learner]["diverged"] if count]
    assert [text for text in texts(axes) if "/" in text] == [f"{count}/3" for count in counts]
    [legend] = drawn.legends
    assert "training diverged, in so many replicates" in [text.get_text() for text in legend.get_texts()]
    assert [each.get_hatch() for each in axes.collections].count("xxxxx") == len(counts)
    colours = axes.collections[0].get_facecolors()
    assert (colours[:, 3] == 0).sum() == len(counts)


@pytest.mark.parametrize("learner", ["partly", "gone", "adam"])
@pytest.mark.parametrize("figure", [posterior, ratio, reliability])
def test_figures_of_cells_leave_them_out_and_say_how_many(study, figure, learner):
    paths = [study["all"].path / f"results/tiny/scale=1/n={n}/{learner}/curves.npz" for n in (10, 100)]
    with rc_context(style.RC):
        drawn = figure.draw([figure.read(path) for path in paths], learner)
        assert_readable(drawn)
    counts = table(study, "summary").query("learner == @learner")["diverged"].tolist()
    assert [text for axes in drawn.axes for text in texts(axes)] == [f"diverged {n} of 3" for n in counts if n]
    for axes, count in zip(drawn.axes, counts, strict=False):
        empty = [line for line in axes.lines if np.isnan(np.asarray(line.get_ydata(), float)).all()]
        assert len(empty) == count


@pytest.mark.parametrize("learner", ["partly", "gone", "adam"])
def test_losses_keep_sensible_limits_and_mark_the_lines_that_break_off(study, learner):
    paths = [study["all"].path / f"results/tiny/scale=1/n={n}/{learner}/history.csv" for n in (10, 100)]
    with rc_context(style.RC):
        drawn = loss.draw([loss.read(path) for path in paths], table(study, "optimum"), learner)
        assert_readable(drawn)
    for axes in drawn.axes:
        low, high = axes.get_ylim()
        assert 1e-4 <= low < high <= 100
        assert axes.get_xlim()[1] > 60
        marks = [line for line in axes.lines if line.get_marker() == "x" and len(line.get_ydata())]
        assert len(marks) == (0 if learner == "partly" else REPLICATES)
        assert all(line.get_ydata()[0] <= 100 for line in marks)
        assert all(line.get_xdata()[0] == 1 for line in marks)


@pytest.mark.parametrize("only", [[], ["gone"], ["gone", "adam", "partly"]])
def test_figures_of_the_study_are_drawn_also_where_all_diverged(study, only):
    def kept(name: str) -> pd.DataFrame:
        rows = table(study, name)
        return rows[rows["learner"].isin(only)] if only else rows

    summary, optimum = kept("summary"), table(study, "optimum")
    with rc_context(style.RC):
        figures = [learning.draw(summary, optimum), boundary.draw(summary), needed.draw(kept("planning"), [10, 100])]
        figures.append(differences.draw(kept("differences")))
        for figure in figures:
            assert_readable(figure)
    gone = needed.draw(kept("planning"), [10, 100]).axes[0]
    marks = [line for line in gone.lines if line.get_marker() == "x" and line.get_color() != "0.4"]
    assert sum(len(line.get_ydata()) for line in marks) == len(only or ["gone", "adam", "partly"])
