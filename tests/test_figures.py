"""Figures of a study: what is drawn is what the tables and files say. Tables here are made by hand."""

import json
from contextvars import copy_context
from itertools import product

import matplotlib
import numpy as np
import pandas as pd
import pytest
import yaml
from applicability.drawing import panels, style
from applicability.figures import verdict
from applicability.storage.files import ORIGIN
from applicability.wording import number
from checkouts import SHOWN
from conftest import LINE, LOUD, draws_of, make_cell, record_beside, two
from matplotlib import colormaps
from matplotlib.colors import to_hex
from readable import (
    assert_map,
    assert_points,
    assert_readable,
    bands_of,
    draw,
    hatched,
    labels_of,
    legend_of,
    lines_of,
    outlined,
    points_of,
    ticks_of,
    titles_of,
    words_in,
)
from scipy import stats
from studies import drawn, studies_of

pytestmark = [LOUD, pytest.mark.usefixtures("styled")]

SCALES, SIZES, NAN = [0.25, 0.5, 2.0], [2, 8, 50], np.nan
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"  # of the first learners
OPTIMUM = pd.DataFrame({"scale": SCALES, "accuracy": [0.9772, 0.8413, 0.59871]})
OPTIMUM["training_log_loss"] = [0.2, 0.35, 0.66]
OPTIMUM = OPTIMUM.assign(guessing=0.4, plugin_constant=[0.05, NAN, 0.02], plugin_from=[8.0, 1.0, 9.0])
OPTIMUM["midpoint_constant"] = np.divide(SCALES, np.sqrt(2))
N, SCALE = "n, training draws per group", "scale of the groups"
X = np.linspace(-2, 5, 141)  # of a Gaussian at 1 and one at 2
CELLS = list(product((0.5, 1.0), (10, 1000)))
OFFSETS = np.array([0.5, -1.0, NAN])  # learned log-ratio less the true one, of each replicate


def summary_of(*learners: str, scales=SCALES, sizes=SIZES, **columns) -> pd.DataFrame:
    """A summary of learners, a row for each scale and size of each; columns as given."""
    table = pd.DataFrame(product(["s"], learners, scales, sizes), columns=["study", "learner", "scale", "n"])
    return table.assign(**{"replicates": 3, "diverged": 0} | columns)


def curve(y: np.ndarray) -> np.ndarray:
    """Points of a curve over X."""
    return np.column_stack([X, y])


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_of_a_run_is_readable_and_drawn_again_has_the_same_bytes(finished, name, tmp_path):
    """In another process, from the same files in another order."""
    figure, learner = SHOWN[name], "net" if SHOWN[name].of_learner else None
    study = studies_of(yaml.safe_load((finished.path / "config/test.yaml").read_text()))["tiny"]
    run = finished.path / f"results/tiny/figures/{name}{'-net' if learner else ''}.pdf"
    origin = json.loads(record_beside(run).read_text())
    context = copy_context()
    context.run(ORIGIN.set, {key: value for key, value in origin.items() if key != "files"})
    formats, settings = [".pdf", ".png", ".svg"], dict(matplotlib.rcParams)
    pictures = [tmp_path / f"{name}{format}" for format in formats]
    shown = context.run(drawn, figure, study, learner, finished.path, pictures)
    assert dict(matplotlib.rcParams) == settings
    assert_readable(shown)
    assert not any(axes.spines[side].get_visible() for axes in shown.axes for side in ("top", "right") if axes.lines)
    pdf, png, svg = (picture.read_bytes() for picture in pictures)
    assert [pdf, png, svg] == [run.with_suffix(format).read_bytes() for format in formats]
    assert (pdf[:4], png[:4], svg[:5]) == (b"%PDF", b"\x89PNG", b"<?xml")
    assert b"/Type3" not in pdf  # its fonts can be read and edited
    assert b"<text" not in svg
    assert int.from_bytes(png[16:20]) == int(200 * shown.get_figwidth())  # pixels: not cropped


def test_the_accuracy_map_shows_means_beside_the_optimum():
    means = np.round(np.linspace(0.40, 0.99, 18), 4)
    means[[13, 17]] = NAN
    gone = [0] * 13 + [2, 0, 0, 0, 3]
    summary = summary_of("net", "wide", accuracy_mean=0.5, exact_accuracy_mean=means, diverged=gone)
    figure = draw("accuracy", summary, OPTIMUM, ["wide", "net"])
    wide, net, best, bar = figure.axes
    words = [f"{mean:.3f}" for mean in means]
    words[13], words[17] = "2/3", "3/3"
    assert_map(net, np.reshape(words[:9], (3, 3)), (means[:9] - 0.4) / 0.6)
    assert_map(wide, np.reshape(words[9:], (3, 3)), (means[9:] - 0.4) / 0.6)
    assert_map(best, [["0.977"], ["0.841"], ["0.599"]], (OPTIMUM["accuracy"] - 0.4) / 0.6)
    assert [hatched(axes) for axes in (wide, net, best)] == [[(1, 1), (2, 2)], [], []]
    assert titles_of(figure) == [("a", "wide"), ("b", "net"), ("", ""), ("", "")]
    assert labels_of(figure) == ("s: mean of 3 replicates", "", SCALE)
    assert figure.legends[0].get_title().get_text() == N
    assert legend_of(figure) == ["training diverged, in so many replicates"]
    assert [ticks_of(axes, "x") for axes in (wide, net, best)] == [["2", "8", "50"]] * 2 + [["best\npossible"]]
    assert ticks_of(wide, "y") == ["0.25", "0.5", "2"]
    assert (bar.get_xlabel(), bar.get_xlim()) == ("mean accuracy", (0.4, 1))


def test_the_share_map_counts_the_trainings_within_the_tolerance():
    within = [0, 3, 1, 10, 4, 9, 2, 7, 5], [8, 6, 2, 0, 1, 10, 9, 4, 3]
    summary = summary_of("net", "wide", replicates=10, within=np.ravel(within), within_low=0.1)
    figure = draw("share", summary, ["wide", "net"], 0.0025)
    *maps, bar = figure.axes
    for axes, counts in zip(maps, within[::-1], strict=True):
        assert_map(axes, np.reshape([f"{count}/10" for count in counts], (3, 3)), np.divide(counts, 10))
    assert titles_of(figure)[:2] == [("a", "wide"), ("b", "net")]
    assert labels_of(figure) == ("s: trainings within 0.25 points of the best possible, of 10 replicates", N, SCALE)
    assert (bar.get_xlabel(), bar.get_xlim()) == ("share of trainings", (0, 1))


LOSSES = {0.4: "40", 0.123: "12", 0.0123: "1.2", 0.00123: "0.12", 1e-5: "<0.01", 0.6: "60", 0.0996: "10"}
LOSSES |= {-0.003: "<0.01", 0.0001: "0.010"}  # of accuracy, and in points


def assert_losses(axes, losses: list[float], zero: str) -> None:
    """A map has nine losses, as words that start with such a zero and as logarithmic colours from 0.01 to 50 points."""
    words = np.reshape([LOSSES[loss].replace("0.", zero) for loss in losses], (3, 3))
    assert_map(axes, words, np.log(np.clip(losses, 1e-4, 0.5) / 1e-4) / np.log(5000))


def test_the_gap_map_shows_medians_in_points():
    exact = {"exact_gap_mean": 0.3, "exact_gap_median": [0.3] * 9 + [*LOSSES]}
    summary = summary_of("wide", "net", gap_median=0.2, **exact)
    figure = draw("gap", summary, ["net"])
    axes, bar = figure.axes
    assert_losses(axes, [*LOSSES], "0.")
    assert titles_of(figure)[0] == ("", "net")
    assert labels_of(figure) == ("s: median of 3 replicates", N, SCALE)
    label = "median of best possible − accuracy, points"
    assert (bar.get_xlabel(), ticks_of(bar, "x")) == (label, ["0.01", "0.1", "1", "10", "50"])
    sampled = draw("gap", summary.drop(columns=list(exact)).assign(replicates=1), ["net"])
    assert words_in(sampled.axes[0]) == ["20"] * 9
    assert labels_of(sampled)[0] == "s: median of 1 replicate"


def test_the_shortfall_map_has_its_three_parts_in_points():
    parts = {"overlap": [*LOSSES], "data": [*LOSSES][::-1], "learner": sorted(LOSSES)}
    columns = {f"shortfall_{part}": [0.3] * 9 + losses for part, losses in parts.items()}
    figure = draw("shortfall", summary_of("wide", "net", **columns), "net")
    *maps, bar = figure.axes
    for axes, losses in zip(maps, parts.values(), strict=True):
        assert_losses(axes, losses, ".")
    assert [title for _, title in titles_of(figure)[:3]] == [*parts]
    assert labels_of(figure)[0] == "s: net, mean of 3 replicates"
    assert bar.get_xlabel() == "part of 1 − accuracy, points"


def test_the_verdict_map_names_and_colours_verdicts_and_outlines_scales_that_no_rule_masters():
    words = [["model", "data", "good"], ["training", "1/3", "data"], ["unexplained", "good", "good"]]
    verdicts = [word.replace("1/3", "diverged") for word in np.ravel(words)]
    summary = summary_of("net", verdict=verdicts, diverged=[0, 0, 0, 0, 1, 0, 0, 0, 0])
    figure = draw("verdict", summary, OPTIMUM, ["net"], 0.0025)
    [axes] = figure.axes
    hues = {"good": "#e3f2fa", "training": "#f2b84b", "model": "#4fb0a0", "data": "#a8508c"}
    hues |= {"unexplained": "#4a4a4a"}
    assert_map(axes, words, np.arange(9), lambda _: axes.collections[0].get_facecolors())
    shown = [to_hex(colour, keep_alpha=True) for colour in axes.collections[0].get_facecolors()]
    assert shown == [f"{hues[word]}ff" if word in hues else "#00000000" for word in verdicts]
    assert labels_of(figure)[0] == "s: within 0.25 points of the best possible, 3 replicates"
    for target, best, outlines in (
        (None, [0.1, 0.1, 0.1], []),
        (0.9, [0.95, 0.9, 0.90001], []),
        (0.9, [0.95, 0.89, 0.6], [(0, 1, 3, 2)]),
        (0.75, [0.7, 0.8, 0.7], [(0, 0, 3, 1), (0, 2, 3, 1)]),
    ):
        figure = draw("verdict", summary, OPTIMUM.assign(accuracy=best), ["net"], 0.0025, target)
        assert outlined(figure.axes[0]) == outlines
        meaning = [f"overlap: not even the best possible reaches {target}"] * bool(outlines)
        assert legend_of(figure) == ["training diverged, in so many replicates", *meaning]


def test_the_budget_map_has_the_steps_below_each_n():
    steps = [1200, 1200, 8000] * 3 + [200] * 9
    means = {"accuracy_mean": 0.5, "exact_accuracy_mean": [0.6] * 9 + [0.7] * 9}
    summary = summary_of("net", "more", steps=steps, **means)
    figure = draw("budget", summary, OPTIMUM, {"net": "20 epochs", "more": "200 steps"})
    net, more, *_ = figure.axes
    assert titles_of(figure)[:3] == [("a", "net: 20 epochs"), ("b", "more: 200 steps"), ("", "")]
    assert [set(words_in(axes)) for axes in (net, more)] == [{"0.600"}, {"0.700"}]
    assert [ticks_of(axes, "x")[::2] for axes in (net, more)] == [["2\n1,200", "50\n8,000"], ["2\n200", "50\n200"]]
    assert labels_of(figure)[1] == "n, training draws per group, and below it the SGD steps taken"
    varied = summary.assign(steps=[90, 120, 8000, 1200, 120, 8000, 60, 120, 9000] * 2)
    [stopped, *_] = draw("budget", varied, OPTIMUM, {"net": "patience 3"}).axes
    assert ticks_of(stopped, "x") == ["2\n60 to\n1,200", "8\n120", "50\n8,000 to\n9,000"]
    sampled = draw("budget", summary.drop(columns="exact_accuracy_mean"), OPTIMUM, {"net": "20 epochs"})
    assert set(words_in(sampled.axes[0])) == {"0.500"}


def test_boundary_errors_are_in_scales_beside_the_midpoint_of_two_means():
    errors = np.array([[[0.6, 0.3, 0.2], [0.5, NAN, 0.1], [0.7, 0.4, 0.3]]] * 2) * [[[1]], [[2]]]  # in scales
    summary = summary_of("net", "wide", boundary_rmse=np.ravel(errors * np.array(SCALES)[:, None]))
    figure = draw("boundary", summary, OPTIMUM)
    *learners, bar = figure.axes
    colours = [to_hex(colour) for colour in colormaps["cividis"]([0, 0.45, 0.9])]
    for axes, expected in zip(learners, errors, strict=True):
        assert_points(lines_of(axes, linestyle="--"), [[[2, 0.5], [8, 0.25], [50, 0.1]]])  # σ/√(2n)
        lines = lines_of(axes, linestyle="-")
        assert_points(lines, [np.column_stack([SIZES, error]) for error in expected])
        assert [to_hex(line.get_color()) for line in lines] == colours
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert [to_hex(colour) for colour in bar.collections[-1].get_facecolors()] == colours
    assert (ticks_of(bar, "y"), bar.get_ylabel(), bar.yaxis_inverted()) == (["0.25", "0.5", "2"], SCALE, True)
    np.testing.assert_allclose(bar.get_yticks(), [0.5, 1.5, 2.5])
    assert titles_of(figure) == [("a", "net"), ("b", "wide"), ("", "")]
    assert labels_of(figure) == ("", N, "rms error of the boundary, in scales")
    assert legend_of(figure) == ["the midpoint of two means"]
    [axes, *_] = draw("boundary", summary, OPTIMUM.assign(midpoint_constant=NAN)).axes
    assert not lines_of(axes, linestyle="--")


def test_learning_curves_are_medians_in_points_with_quartiles_and_the_law_where_it_holds():
    medians = {"exact_gap": [0.2, 0.05, NAN] * 3 + [0.1, 0.04, 2e-6] * 3, "plugin_gap": [0.02, 0.004, 0.001] * 6}
    parts = {"median": 1, "q25": 0.5, "q75": 1.5, "mean": 1.1}
    pairs = product((medians | {"gap": 0.3}).items(), parts.items())
    columns = {f"{name}_{part}": np.multiply(median, by) for (name, median), (part, by) in pairs}
    figure = draw("learning", summary_of("net", "wide", **columns), OPTIMUM)
    for axes, law in zip(figure.axes, ([[8, 0.625], [50, 0.1]], None, [[50, 0.04]]), strict=True):
        net, wide = (BLUE, "o", "-", [20, 5, NAN]), (ORANGE, "s", "-", [10, 4, 2e-4])
        for colour, marker, dash, points in (net, wide, ("black", ".", "--", [2, 0.4, 0.1])):
            lines = lines_of(axes, color=colour, marker=marker, linestyle=dash)
            assert_points(lines, [np.column_stack([SIZES, points])])
            band = bands_of(axes)["#000000" if colour == "black" else colour]
            for n, point in zip(SIZES, points, strict=True):
                if np.isfinite(point):
                    assert band[n] == pytest.approx((max(0.5 * point, 1e-4), 1.5 * point))
        assert_points(lines_of(axes, linestyle=":"), [law] if law else [])  # 100 c/n
        assert (axes.get_xscale(), axes.get_yscale(), axes.get_ylim()) == ("log", "log", (1e-3, 70))
    assert titles_of(figure) == [("", "scale 0.25"), ("", "scale 0.5"), ("", "scale 2")]
    assert labels_of(figure) == ("", N, "best possible − accuracy, points")
    assert legend_of(figure) == ["net", "wide", "plug-in rule", "c/n of the mean"]
    assert [ticks_of(figure.axes[0], which) for which in "xy"] == [["10"], ["0.001", "0.01", "0.1", "1", "10"]]


def test_the_n_needed_stands_in_the_panel_of_its_gap():
    rows = [
        ("net", 0.25, 0.001, "8", 4.0, 50.0),
        ("net", 2.0, 0.001, "> 50", NAN, 20.0),
        ("wide", 0.25, 0.001, None, NAN, 50.0),
        ("wide", 2.0, 0.001, "50", 40.0, 20.0),
        *((*each, "2", NAN, NAN) for each in product(("net", "wide"), (0.25, 2.0), (0.01, 0.005))),
    ]
    table = pd.DataFrame(rows, columns=["learner", "scale", "gap", "needed", "fitted_n", "theory_n"])
    figure = draw("needed", table, SIZES)
    assert titles_of(figure) == [("", "within 1 point"), ("", "within 0.5 points"), ("", "within 0.1 points")]
    for axes in figure.axes[:2]:  # side by side, net to the left
        assert_points(lines_of(axes), [[[-0.15, 2], [0.85, 2]], [[0.15, 2], [1.15, 2]]])
    *_, axes = figure.axes
    for colour, marker, marks in (
        (BLUE, "o", [[[-0.15, 8]], [[-0.15, 4]]]),
        (BLUE, "^", [[[0.85, 100]]]),
        (ORANGE, "s", [[[1.15, 50]], [[1.15, 40]]]),
        ("0.5", "None", [[[0, 50], [1, 20]]]),
    ):
        assert_points(lines_of(axes, color=colour, marker=marker), marks)
    assert len(lines_of(axes)) == 6  # wide at scale 0.25 has none: too few replicates
    open_marks = [line for line in lines_of(axes) if line.get_markerfacecolor() == "white"]
    assert [points_of(line)[0, 1] for line in open_marks] == [4, 40]
    for axes in figure.axes:
        assert (axes.get_yscale(), axes.get_xlim()) == ("log", (-0.6, 1.6))
        assert axes.get_ylim() == pytest.approx((0.14, 200))
        assert ticks_of(axes, "x") == ["0.25", "2"]
    assert labels_of(figure) == ("", SCALE, N)
    handles = figure.legends[0].legend_handles[-2:]  # in grey, as they are of no learner
    looks = [(mark.get_marker(), mark.get_color(), mark.get_linestyle()) for mark in handles]
    assert looks == [("^", "0.4", "None"), ("o", "0.4", "None")]
    assert legend_of(figure) == ["net", "wide", "plug-in rule, c/gap", "not shown at 50", "open: by power law"]
    assert legend_of(draw("needed", table[4:], SIZES)) == ["net", "wide"]


def test_differences_are_in_points_and_in_the_colour_of_help_or_harm():
    values = {  # learner: mean, quartiles with median between, shown, diverged of the cells (0.25, 8) and (2, 8)
        "harm": [(0.02, 0.001, 0.03, 0.4, 1, 0), (0.2, 0.1, 0.25, 0.5, 0, 0)],
        "help": [(-0.2, -0.3, -0.15, -0.001, -1, 0), (-0.3, -0.5, -0.25, 0.1, 0, 0)],
        "same": [(0, -0.01, 0.3, 0.4, 0, 0), (NAN, NAN, NAN, NAN, 0, 2)],
    }
    names = [*(f"difference_{part}" for part in ("mean", "q25", "median", "q75")), "shown", "diverged"]
    rows = [(scale, learner, *values[learner][place]) for place, scale in enumerate((0.25, 2.0)) for learner in values]
    table = pd.DataFrame(rows, columns=["scale", "learner", *names]).assign(baseline="base", n=8, replicates=10)
    figure = draw("differences", table)
    first, second = figure.axes
    for axes, expected in (
        (first, [(ORANGE, 0.1, 3, 40), ("0.6", -1, 30, 40), (BLUE, -30, -15, -0.1)]),
        (second, [("0.6", 10, 25, 50), ("none",), ("0.6", -50, -25, 10)]),
    ):
        for colour, (marker, part) in product((ORANGE, "0.6", BLUE), (("None", slice(0, 3, 2)), ("o", [1]))):
            rows = [(y, np.array(x)[part]) for y, (given, *x) in enumerate(expected) if given == colour]
            lines = lines_of(axes, color=colour, marker=marker)
            assert_points(lines, [np.column_stack([x, 0 * x + y]) for y, x in rows])
        assert points_of(*lines_of(axes, color="black"))[:, 0].tolist() == [0, 0]
        assert ticks_of(axes, "y") == ["harm", "same", "help"]  # the largest help on top
        assert ticks_of(axes, "x") == ["−50", "−5", "−1", "0", "1", "5", "50"]
        np.testing.assert_allclose([*axes.get_xlim(), *axes.get_ylim()], [-75, 75, -0.6, 2.6])  # a half more than 50
        assert axes.get_xscale() == "symlog"
    assert [words_in(axes) for axes in figure.axes] == [[], ["diverged 2 of 10"]]
    assert second.texts[0].get_position() == (0, 1)
    assert labels_of(figure)[1].startswith("gap less that of base, points; to the left: better; linear within ±0.1")


def history_of(scale: float, n: int, *losses: list[float]) -> pd.DataFrame:
    """A history, of a list of losses at the steps 1, 2, 4 ... for each replicate."""
    rows = [(index, 2**step, each) for index, line in enumerate(losses) for step, each in enumerate(line)]
    return pd.DataFrame(rows, columns=["replicate", "step", "loss"]).assign(scale=scale, n=n)


def test_losses_lie_in_their_cells_with_the_floor_of_their_scale():
    lines = {
        (0.25, 2): [[0.7, 0.6, 0.5], [0.7, 0.3, 0.2]],
        (0.25, 50): [[0.7, 0.1, 0.09]],  # falls by less than a factor 20
        (2.0, 2): [[0.7, NAN, NAN], [0.7, 90.0, 200.0], [0.7, 1e-6, 1e-7]],
        (2.0, 50): [[NAN, NAN, NAN], [0.6, 0.65, 0.7]],
    }
    figure = draw("loss", [history_of(*cell, *losses) for cell, losses in reversed(lines.items())], OPTIMUM, "net")
    crosses = {(2.0, 2): [[[1, 0.7]], [[2, 90]]], (2.0, 50): [[[1, 100]]]}
    for axes, (cell, losses) in zip(figure.axes, lines.items(), strict=True):
        drawn = lines_of(axes, color=BLUE)
        assert_points(drawn, [np.column_stack([[1, 2, 4], each]) for each in losses if np.isfinite(each).any()])
        [floor] = lines_of(axes, color="black", linestyle="--")
        assert set(floor.get_ydata()) == {0.2 if cell[0] == 0.25 else 0.66}
        assert_points(lines_of(axes, marker="x", color=ORANGE), crosses.get(cell, []))
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear" if cell[0] == 0.25 else "log")
        assert axes.get_xlim()[1] > 4
        assert cell[0] < 2 or axes.get_ylim() == (1e-4, 100)
    assert [axes.get_ylabel() for axes in figure.axes[::2]] == ["scale 0.25", "scale 2\n(logarithmic)"]
    assert labels_of(figure) == ("", "SGD step", "loss, nat")
    known = ["net, a line for each replicate", "loss of the optimal rule"]
    assert legend_of(figure) == [*known, "no number, or above 100 nat, from here on"]
    assert legend_of(draw("loss", [history_of(2.0, 2, [0.7, 100.0])], OPTIMUM, "net")) == known


def test_where_training_stops_early_the_held_out_losses_and_the_networks_are_shown():
    """Two replicates, the second of which stops earlier, after a step that the first has no row of."""
    cell = history_of(2.0, 2, [0.7, 0.6, 0.5], [0.7, 0.65]).assign(validation_loss=[0.69, 0.5, 0.55, 0.66, 0.7])
    cell.loc[2, "step"], cell.loc[4, "step"] = 5, 3
    figure = draw("loss", [cell], OPTIMUM, "net")
    [axes] = figure.axes
    assert_points(
        lines_of(axes, color=BLUE),
        [[[1, 0.7], [2, 0.6], [3, 0.6 - 0.1 / 3], [5, 0.5]], [[1, 0.7], [2, 0.675], [3, 0.65]]],
    )
    held, dots = lines_of(axes, color=GREEN, marker="None"), lines_of(axes, color=GREEN, marker="o")
    assert_points(held, [[[1, 0.69], [2, 0.5], [3, 0.5 + 0.05 / 3], [5, 0.55]], [[1, 0.66], [2, 0.68], [3, 0.7]]])
    assert_points(dots, [[[2, 0.5], [1, 0.66]]])
    known = ["net, a line for each replicate", "on held-out draws", "where the network was taken"]
    assert legend_of(figure) == [*known, "loss of the optimal rule"]  # none left the panel
    lost = history_of(2.0, 2, [0.7, NAN], [NAN, NAN]).assign(validation_loss=[NAN, NAN, NAN, NAN])
    [axes] = draw("loss", [lost], OPTIMUM, "net").axes
    assert_points(lines_of(axes, color=GREEN), [])


def curves_of_lines(scale: float, n: int, offsets=OFFSETS) -> tuple:
    """A cell, x, the true log-odds (x − 1.5)/scale² and learned ones, off by a constant in each replicate."""
    true = ((X - 1.5) / scale**2)[:, None]
    return make_cell(scale=scale, n=n), X[:, None], true, true + np.reshape(offsets, (-1, 1, 1))


def test_the_posterior_is_drawn_of_each_replicate_beside_the_truth():
    figure = draw("posterior", [curves_of_lines(*cell) for cell in reversed(CELLS)], "net")
    for axes, (scale, _) in zip(figure.axes, CELLS, strict=True):
        places = (X - 1.5) / scale**2
        assert_points(lines_of(axes, color="black", linestyle="--"), [curve(1 / (1 + np.exp(-places)))])
        expected = [curve(1 / (1 + np.exp(-places - offset))) for offset in OFFSETS[:2]]
        assert_points(lines_of(axes, color=BLUE, linestyle="-"), expected)
        assert words_in(axes) == ["diverged 1 of 3"]
        np.testing.assert_allclose([*axes.get_xlim(), *axes.get_ylim()], [-2, 5, -0.02, 1.02])
    assert [title for _, title in titles_of(figure)] == ["n = 10", "n = 1,000", "", ""]
    assert [axes.get_ylabel() for axes in figure.axes] == ["scale 0.5", "", "scale 1", ""]
    assert labels_of(figure) == ("", style.X, "probability of b")
    assert legend_of(figure) == ["net, a line for each replicate", "truth"]


def test_of_three_groups_each_has_its_colour():
    logits = np.tile([[1.0, 2.0, -3.0]], (5, 1))
    cell = make_cell(task=LINE)
    x = np.linspace(0, 4, 5)[:, None]
    figure = draw("posterior", [(cell, x, logits, logits[None] + 0.5)], "net")
    colours = ["#0072B2", "#E69F00", "#009E73"]
    for colour, logit in zip(colours, (1.5, 2.5, -2.5), strict=True):
        [line] = lines_of(figure.axes[0], color=colour)
        np.testing.assert_allclose(line.get_ydata(), 1 / (1 + np.exp(-logit)))
    truths = [line.get_ydata()[0] for line in lines_of(figure.axes[0], linestyle="--")]
    np.testing.assert_allclose(truths, 1 / (1 + np.exp([-1, -2, 3])))
    groups = ["a by net", "truth", "b by net", "c by net"]
    assert (legend_of(figure), labels_of(figure)[2]) == (groups, "probability")
    shares = np.arange(9.0).reshape(1, 3, 3) / 10
    figure = draw("reliability", [(cell, shares, shares**2)], "net")
    for colour, each in zip(colours, shares[0], strict=True):
        assert_points(lines_of(figure.axes[0], color=colour), [np.column_stack([each, each**2])])
    assert legend_of(figure) == ["calibrated", *(f"{name} by net" for name in "abc")]
    assert labels_of(figure) == ("", "probability of the group", "share of the group")


def test_the_ratio_is_drawn_above_its_residual_within_three_scales():
    figure = draw("ratio", [curves_of_lines(*cell) for cell in CELLS], "net")
    places = zip(figure.axes[0:2] + figure.axes[4:6], figure.axes[2:4] + figure.axes[6:8], CELLS, strict=True)
    for above, below, (scale, _) in places:
        true = (X - 1.5) / scale**2
        assert_points(lines_of(above, color="black", linestyle="--"), [curve(true)])
        assert_points(lines_of(above, color=BLUE, linestyle="-"), [curve(true + offset) for offset in OFFSETS[:2]])
        assert_points(lines_of(below, color=BLUE, linestyle="-"), [curve(0 * X + offset) for offset in OFFSETS[:2]])
        assert points_of(*lines_of(below, color="black", linestyle="--"))[:, 1].tolist() == [0, 0]
        assert (words_in(above), words_in(below)) == (["diverged 1 of 3"], [])
        reach = 1.3 * (0.5 + 3 * scale) / scale**2  # of the true log-ratio three scales beyond the outer mean
        for axes in (above, below):
            np.testing.assert_allclose(axes.get_xlim(), (1 - 3 * scale, 2 + 3 * scale))
            np.testing.assert_allclose(axes.get_ylim(), (-reach, reach))
        assert (above.xaxis.get_tick_params()["labelbottom"], legend_of(figure)[1]) == (False, "truth")
    labels = ["scale 0.5\nln p(b)/p(a)", "learned − true", "scale 1\nln p(b)/p(a)", "learned − true"]
    assert [axes.get_ylabel() for axes in figure.axes[::2]] == labels
    assert labels_of(figure) == ("", style.X, "")


def test_a_log_ratio_that_is_infinite_leaves_the_rest_readable():
    cell = make_cell(task=two({"uniform": {}}, {"uniform": {"loc": 0.5, "scale": 2.0}}), scale=1.0)
    x = np.linspace(-2, 4, 61)
    true = np.select([x < 0.5, x <= 1], [-1e300, -np.log(2)], 1e300)  # a's alone, both, b's alone
    figure = draw("ratio", [(cell, x[:, None], true[:, None], np.zeros((1, 61, 1)))], "net")
    both = (x >= 0.5) & (x <= 1)
    assert_points(lines_of(figure.axes[0], linestyle="--"), [np.column_stack([x[both], true[both]])])
    np.testing.assert_allclose(figure.axes[0].get_ylim(), (-1.3 * np.log(2), 1.3 * np.log(2)))


def test_reliability_is_drawn_of_each_replicate_beside_the_diagonal():
    shares = np.array([[[0.1, 0.5, 0.8]], [[0.2, 0.4, 0.9]], [[NAN] * 3]])
    figure = draw("reliability", [(make_cell(n=10), shares, shares**2), (make_cell(n=20), shares, shares)], "net")
    expected = [[np.column_stack([one, one**power]) for one in shares[:2, 0]] for power in (2, 1)]
    for axes, lines in zip(figure.axes, expected, strict=True):
        assert_points(lines_of(axes, color="black", linestyle="--"), [[[0, 0], [1, 1]]])
        assert_points(lines_of(axes, color=BLUE, marker="."), lines)
        assert words_in(axes) == ["diverged 1 of 3"]
        np.testing.assert_allclose([*axes.get_xlim(), *axes.get_ylim()], [-0.02, 1.02] * 2)
        assert [*axes.get_xticks(), *axes.get_yticks()] == [0, 0.5, 1] * 2
    assert labels_of(figure) == ("", "probability of b", "share of b")
    assert legend_of(figure) == ["calibrated", "net, a line for each replicate"]


@pytest.mark.parametrize(("sizes", "bins"), [([2000], 100), (range(10, 20), 50), (range(10, 40), 25)])
def test_histograms_count_the_draws_beside_their_density(sizes, bins):
    cells = [make_cell(scale=0.2, n=n) for n in sizes]
    rng = np.random.default_rng(0)
    drawn = [(cell, np.repeat([[1.0], [2.0]], cell.n, axis=0) + rng.normal(0, 0.2, (2 * cell.n, 1))) for cell in cells]
    figure = draw("samples", drawn)
    for axes, (cell, draws) in list(zip(figure.axes, drawn, strict=True))[:3]:
        np.testing.assert_allclose(axes.get_xlim(), [0, 3], atol=1e-9)  # five scales beyond the means
        looks = ((1, "#0072B2", "-"), (2, "#E69F00", "--"))
        for index, (patch_, line, (loc, *look)) in enumerate(zip(axes.patches, axes.lines, looks, strict=True)):
            outline = patch_.get_xy()
            np.testing.assert_allclose(outline[: 2 * bins + 1 : 2, 0], np.linspace(0, 3, bins + 1), atol=1e-9)
            assert (
                outline[1 : 2 * bins : 2, 1].tolist()
                == np.histogram(np.split(draws, 2)[index], bins, (0, 3))[0].tolist()
            )
            x, counts = line.get_data()
            np.testing.assert_allclose(counts, stats.norm.pdf(x, loc, 0.2) * cell.n * 3 / bins, atol=1e-9)
            assert (len(x), x[0], line.get_color(), line.get_linestyle()) == (401, pytest.approx(0), *look)
            assert to_hex(patch_.get_facecolor()).upper() == look[0]
    assert all(tick == int(tick) for axes in figure.axes for tick in axes.get_yticks())  # counts
    assert sorted(legend_of(figure)) == ["group a", "group b", "true density of a", "true density of b"]
    assert labels_of(figure) == ("", style.X, "count")


@pytest.mark.parametrize("distribution", [{"gamma": {"a": 20.0}}, {"lognorm": {"s": 2.0}}, {"cauchy": {}}])
def test_histograms_hold_nearly_all_draws_of_any_distribution(distribution):
    cell = make_cell(task=[["a", [distribution]], ["b", [{"norm": {"loc": 0.0}}]]], n=2000)
    draws = draws_of(cell, "train", cell.n)[0]
    low, high = draw("samples", [(cell, draws)]).axes[0].get_xlim()
    assert ((low <= draws) & (draws <= high)).reshape(2, -1).mean(1).min() > 0.97


def test_axes_have_ticks_where_the_groups_are_close():
    cell = make_cell(task=two({"norm": {"loc": 0.1}}, {"norm": {"loc": 0.2}}), scale=0.01)
    [axes] = draw("samples", [(cell, draws_of(cell, "train", cell.n)[0])]).axes
    assert len(ticks_of(axes, "x")) >= 2


def test_twelve_by_ten_panels_are_readable():
    sizes = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    cells = [make_cell(scale=scale / 10, n=n, replicates=1) for scale in range(1, 13) for n in sizes]
    drawn = draw("samples", [(cell, draws_of(cell, "train", cell.n)[0]) for cell in reversed(cells)])
    assert len(drawn.axes) == 120
    assert min(axes.bbox.width for axes in drawn.axes) / drawn.dpi > 0.25  # inches
    assert [axes.get_title() for axes in drawn.axes[:3]] == ["n = 10", "20", "50"]
    assert [axes.get_ylabel() for axes in drawn.axes[::10]][:2] == ["scale 0.1", "scale 0.2"]
    first, second, *_ = drawn.axes
    assert (ticks_of(first, "x"), second.get_xticklabels()) == (["1", "2"], [])  # of their row
    [label] = [float(label.get_text()) for axes in (first, drawn.axes[10]) for label in axes.get_yticklabels()]
    assert first.get_ylim()[1] / 2.5 < label <= first.get_ylim()[1]  # of its column


SHORTFALL = ["overlap", "data", "learner"]
LONG = ["a-learner-of-thirty-characters", "another-one-of-thirty-letters"]


@pytest.mark.parametrize(
    ("figure", "rows", "columns", "learners", "width", "form"),
    [
        ("accuracy", 3, 3, ["net"], 3.4, "full"),
        ("accuracy", 3, 12, ["net"], 7.0, "full"),
        ("accuracy", 3, 30, ["net"], 7.0, None),
        ("accuracy", 20, 20, LONG, 7.0, "short"),
        ("gap", 8, 7, ["net", "wide", "deep", "slow", "fast"], 7.0, "short"),
        ("share", 20, 20, LONG, 7.0, "short"),
        ("shortfall", 3, 3, SHORTFALL, 3.4, "short"),
        ("verdict", 3, 3, ["net"], 3.4, "full"),
        ("verdict", 20, 20, LONG, 7.0, None),
    ],
)
def test_maps_of_any_size_have_words_in_all_cells_or_none(figure, rows, columns, learners, width, form):
    scales, sizes = np.linspace(0.1, 2, rows).round(3), np.geomspace(10, 20_000, columns).round().astype(int)
    table = summary_of(*learners, scales=scales, sizes=sizes, replicates=10)
    part = np.linspace(0, 1, len(table))
    scores = {"accuracy_mean": 0.5 + part / 2, "gap_median": (1 - part) / 2, "within": (10 * part).astype(int)}
    scores |= {f"shortfall_{name}": part / 2 for name in SHORTFALL}
    table = table.assign(**scores, verdict=np.resize(list(verdict.COLOURS)[1:], len(table)))
    gone = (table["learner"] == learners[0]) & (table["n"] == 10) & (table["scale"] > 1)
    table.loc[gone, ["diverged", "accuracy_mean", "gap_median", "verdict"]] = [10, NAN, NAN, "diverged"]
    table.loc[gone, [f"shortfall_{name}" for name in SHORTFALL[1:]]] = NAN  # the overlap is known all the same
    optimum = pd.DataFrame({"scale": scales, "accuracy": np.where(scales > 1, 0.9, 0.9994), "guessing": 0.5})
    known = {"summary": table, "optimum": optimum, "learners": learners, "learner": learners[0]}
    known |= {"tolerance": 0.005, "target_accuracy": 0.95}
    drawn = draw(figure, **{name: known[name] for name in SHOWN[figure].reads})
    assert drawn.get_figwidth() == width
    maps = [axes for axes in drawn.axes if axes.get_title()]
    assert ["".join(axes.get_title().split()) for axes in maps] == ["".join(learner.split()) for learner in learners]
    words = {word for axes in maps for word in words_in(axes)}
    assert [len(axes.texts) for axes in maps] == [rows * columns * (form is not None)] * len(maps)
    assert ("10/10" in words, "10" in words) == (form == "full", form == "short")
    if figure == "accuracy" and form:
        assert ("1.000" in words, "1.00" in words) == (form == "full", form == "short")
        assert all(word.startswith(".") for word in words - {"10", "1.00"}) == (form == "short")
    assert not any(axes.axison for axes in drawn.axes if not axes.collections)  # a place without a panel is empty
    cell = np.divide(maps[0].bbox.size, [columns, rows])
    extents = [text.get_window_extent() for axes in maps for text in axes.texts]
    assert all(extent.width < cell[0] and extent.height < cell[1] + 2 for extent in extents)
    assert rows > 8 or 18 < cell[1] < 45  # hundredths of an inch
    colours = {word: colour for word, colour in verdict.COLOURS.items() if word != "best known"}  # the optimum is known
    named = [*colours] if figure == "verdict" and not form else []
    named += [f"training diverged{', in so many replicates' * bool(form)}"] * (figure != "share")  # which has counts
    assert legend_of(drawn) == named + ["overlap: not even the best possible reaches 0.95"] * (figure == "verdict")
    swatches = [to_hex(each.get_facecolor()).upper() for legend in drawn.legends for each in legend.get_patches()]
    assert swatches[:5] == [*colours.values()] or len(named) <= 1
    assert len({axes.collections[0].get_clim() for axes in maps}) == 1
    labels = [label.get_text() for label in maps[0].get_xticklabels()]
    step = next(step for step in range(1, 30) if labels == [number(n) for n in sizes[::step]])
    assert (step == 1) == (columns * len(learners) < 20)


def test_panels_in_rows_share_their_axes_and_the_lowest_of_a_column_has_its_ticks():
    figure, five = panels.in_rows(5, 3, (1.0, 1.5))
    assert figure.get_size_inches().tolist() == [7.0, 3.95]
    places = [(spec.rowspan[0], spec.colspan[0]) for spec in (axes.get_subplotspec() for axes in five)]
    assert places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    assert [axes.axison for axes in figure.axes] == [True] * 5 + [False]
    assert [axes.xaxis.get_tick_params()["labelbottom"] for axes in five] == [False, False, True, True, True]
    five[0].set(xlim=(3, 4), ylim=(5, 6))
    assert (five[4].get_xlim(), five[4].get_ylim()) == ((3, 4), (5, 6))
    assert panels.in_rows(2, 3, (1.0, 1.5))[0].get_size_inches().tolist() == [3.4, 2.45]


def test_looks_of_learners_differ_without_their_colours():
    looks = [style.look_of(learner) for learner in range(15)]
    assert len({tuple(look.values()) for look in looks}) == 15
    assert len({(look["marker"], look["linestyle"]) for look in looks[:12]}) == 12
    assert looks[1] == {"color": ORANGE, "marker": "s", "linestyle": "-"}
    assert looks[7] == {"color": GREEN, "marker": "s", "linestyle": "-."}


def test_words_are_broken_into_the_fewest_lines_that_fit():
    text = style.figure(3, 3).text(0, 0, "wide words", size=7)
    assert style.extent("wide words") == pytest.approx(text.get_window_extent().width / 100, rel=0.03)  # inches
    width = style.extent("wide words", 8)
    assert style.wrapped("wide words of some learner", width + 0.001) == "wide words\nof some\nlearner"
    assert style.wrapped("wide words", width - 0.001) == "wide\nwords"
    assert style.wrapped("unbroken", 0.01) == "unbroken"


@pytest.mark.parametrize(("width", "columns", "rows"), [(7.0, 5, 2), (3.4, 2, 4)])
def test_a_legend_has_as_many_columns_as_fit_and_its_figure_grows_with_the_rows(width, columns, rows):
    figure = style.figure(width, 3)
    lines = figure.subplots().plot(np.zeros((2, 8)))
    style.legend(figure, lines, ["a longer label"] * 8)
    assert figure.legends[0]._ncols == columns
    assert figure.get_figheight() == pytest.approx(3 + 0.16 * (rows - 2))
