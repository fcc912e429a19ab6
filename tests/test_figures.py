"""Figures: what they show is what the files say, and the same bytes each time."""

import importlib
import json
from itertools import product

import matplotlib
import numpy as np
import pandas as pd
import pytest
import yaml
from applicability import layout
from applicability.config import studies, validation
from applicability.drawing import style
from applicability.figures import accuracy, gap, needed, ratio, samples, verdict
from applicability.stages.plot import plot
from applicability.storage import tables
from applicability.storage.tables import grid_of
from applicability.study import Study
from applicability.tasks.sample import sample
from applicability.tasks.truth import Truth
from checkouts import SHOWN
from conftest import make_cell, two
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from readable import assert_readable

MAPS = ["accuracy", "gap", "verdict"]


@pytest.fixture(scope="session")
def study(finished) -> Study:
    """The study of the test config."""
    config = yaml.safe_load((finished.path / "config/test.yaml").read_text())
    return studies.studies(validation.validate(config))["tiny"]


@pytest.fixture(scope="session")
def data(finished, study) -> dict[str, tuple[dict, dict]]:
    """The files that each figure reads, of learner net where it is of one learner, and its options."""
    found = {}
    for name, figure in SHOWN.items():
        learner = "net" if figure.of_learner else None
        files = layout.inputs_of_figure(figure, study, learner)
        files = {key: [finished.path / path for path in paths] for key, paths in files.items()}
        found[name] = files, figure.options(study, learner)
    return found


@pytest.fixture(scope="session")
def table(finished):
    """A table of the study by its name."""
    return lambda name: tables.read(finished.path / f"results/tiny/{name}.csv")


def drawn(data, name: str):
    """A figure as matplotlib has it, before it is saved."""
    module = importlib.import_module(f"applicability.figures.{SHOWN[name].module}")
    files, options = data[name]
    content = {path.stem: tables.read(path) for path in files.get("tables", [])}
    if "cells" in files:
        content[files["cells"][0].stem] = [module.read(path) for path in files["cells"]]
    return module.draw(**content, **options)


@pytest.mark.parametrize("figure", SHOWN)
def test_the_same_data_give_the_same_bytes(data, figure, tmp_path):
    files, options = data[figure]
    runs = {}
    for run in ("one", "two"):
        pictures = [tmp_path / run / f"figure{format}" for format in (".pdf", ".png", ".svg")]
        plot(SHOWN[figure].module, pictures, json.dumps(options), **files)
        runs[run] = [picture.read_bytes() for picture in pictures]
    assert runs["one"] == runs["two"]
    assert [content[:4] for content in runs["one"]] == [b"%PDF", b"\x89PNG", b"<?xm"]


@pytest.mark.parametrize("figure", [name for name, each in SHOWN.items() if each.cell_file])
def test_the_order_of_the_files_is_immaterial(data, figure, tmp_path):
    files, options = data[figure]
    pictures = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for picture, order in zip(pictures, (1, -1), strict=True):
        plot(figure, [picture], json.dumps(options), **files | {"cells": files["cells"][::order]})
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


@pytest.mark.parametrize("figure", SHOWN)
def test_no_label_is_cut_and_none_lies_on_another(data, figure):
    with rc_context(style.RC):
        assert_readable(drawn(data, figure))


def test_the_accuracy_map_shows_the_means_and_the_optimum_and_all_learners_share_the_limits(table):
    summary = table("summary")
    optimum = table("optimum")
    limits = set()
    for learner in ("net", "net-steps"):
        figure = accuracy.draw(summary, optimum, [learner])
        axes, best, bar = figure.axes
        shown = [text.get_text() for text in (*axes.texts, *best.texts)]
        grid = grid_of(summary, learner, "accuracy_mean")
        assert shown == [f"{value:.3f}" for value in (*grid.to_numpy().ravel(), *optimum["accuracy"])]
        assert axes.get_title() == learner
        assert [label.get_text() for label in axes.get_xticklabels()] == ["10", "100", "300"]
        assert [label.get_text() for label in best.get_xticklabels()] == ["best\npossible"]
        limits.add((*axes.collections[0].get_clim(), bar.get_xlabel()))
    assert limits == {(0.5, 1.0, "mean accuracy on test draws")}


def test_the_gap_map_is_in_points_and_hatched_where_the_interval_holds_0(table):
    summary = table("summary")
    here = (summary["learner"] == "net") & (summary["scale"] == 1)
    names = ["exact_gap_mean", "exact_gap_low"]
    summary.loc[here, names] = [[0.123, -0.01], [0.0123, 0.01], [0.00001, 0.000001]]
    figure = gap.draw(summary, ["net"])
    [axes, _] = figure.axes
    assert [text.get_text() for text in axes.texts][3:] == ["12", "1.2", "<0.01"]
    hatched = [each for each in axes.collections if each.get_hatch()]
    low = grid_of(summary, "net", "exact_gap_low").to_numpy()
    assert len(hatched) == (low <= 0).sum() > 0
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["95 % interval holds 0"]
    assert low[1].tolist() == [-0.01, 0.01, 0.000001]


def test_the_verdict_map_shows_the_words_and_the_budget_map_the_steps(data, table):
    summary = table("summary")
    [axes] = drawn(data, "verdict").axes
    assert [text.get_text() for text in axes.texts] == grid_of(summary, "net", "verdict").to_numpy().ravel().tolist()
    figure = drawn(data, "budget")
    net, steps, best, _ = figure.axes
    assert [axes.get_title(loc="left") for axes in (net, steps, best)] == ["a", "b", ""]
    assert [label.get_text() for label in net.get_xticklabels()] == ["10\n20", "100\n20", "300\n60"]
    assert [label.get_text() for label in steps.get_xticklabels()] == ["10\n200", "100\n200", "300\n200"]
    assert [text.get_text() for text in best.texts] == ["0.994", "0.691"]


def test_curves_are_drawn_for_every_replicate_with_the_truth(data, table):
    for figure, count in (("posterior", 4), ("ratio", 4), ("reliability", 4), ("loss", 4)):
        axes = drawn(data, figure).axes[0]
        assert len(axes.lines) == count  # of 3 replicates, and the truth
        styles = [line.get_linestyle() for line in axes.lines]
        assert styles.count("--") == 1
    floors = table("optimum")["log_loss"]
    floor = drawn(data, "loss").axes[0].lines[-1]
    assert set(floor.get_ydata()) == {floors[0]}


def test_a_log_ratio_that_is_infinite_leaves_the_rest_readable():
    cell = make_cell(task=two({"uniform": {}}, {"uniform": {"loc": 0.5, "scale": 2.0}}), scale=1.0)
    truth = Truth.of(cell.task, 1.0)
    x = np.linspace(*truth.span(5), 201)
    figure = ratio.draw([(cell, x[:, None], truth.logits(x[:, None]), np.tile(x[:, None], (3, 1, 1)))], "net")
    assert max(figure.axes[0].get_ylim()) < 10


def test_a_censored_n_is_an_arrow_above_the_grid(table):
    planning = table("planning")
    planning["needed"] = "> 300"
    axes = needed.draw(planning, [10, 100, 300]).axes[0]
    arrows = [line for line in axes.lines if line.get_marker() == "^" and len(line.get_ydata())]
    assert arrows
    assert all((np.asarray(line.get_ydata()) > 300).all() for line in arrows)


def test_histograms_have_a_hundred_bins_over_five_scales_and_the_true_density():
    cell = make_cell(scale=0.2, n=2000)
    draws = sample(cell, "train", cell.n)[0]
    [axes] = samples.draw([(cell, draws)]).axes
    np.testing.assert_allclose(axes.get_xlim(), [0.0, 3.0], atol=1e-9)
    for line, mean in zip(axes.lines, (1.0, 2.0), strict=True):
        x, y = line.get_data()
        assert x[np.argmax(y)] == pytest.approx(mean, abs=0.01)
        assert np.trapezoid(y, x) == pytest.approx(cell.n * 0.03, rel=1e-3)  # counts: n draws, bins of 0.03
    for patch, values in zip(axes.patches, draws, strict=True):
        counts, _ = np.histogram(values, bins=100, range=(0, 3))
        assert patch.get_xy()[:, 1].max() == counts.max()


@pytest.mark.parametrize("distribution", [{"gamma": {"a": 20.0}}, {"lognorm": {"s": 2.0}}, {"cauchy": {}}])
def test_histograms_hold_nearly_all_draws_of_any_distribution(distribution):
    cell = make_cell(task=[["a", [distribution]], ["b", [{"norm": {"loc": 0.0}}]]], n=2000)
    draws = sample(cell, "train", cell.n)[0]
    low, high = samples.draw([(cell, draws)]).axes[0].get_xlim()
    assert ((low <= draws) & (draws <= high)).mean((1, 2)).min() > 0.97


def test_axes_have_ticks_where_the_groups_are_close():
    task = [["a", [{"norm": {"loc": 0.1}}]], ["b", [{"norm": {"loc": 0.2}}]]]
    cell = make_cell(task=task, scale=0.01)
    [axes] = samples.draw([(cell, sample(cell, "train", cell.n)[0])]).axes
    low, high = axes.get_xlim()
    assert sum(low <= tick <= high for tick in axes.get_xticks()) >= 2


def test_panels_lie_in_the_grids_order():
    cells = [make_cell(scale=scale, n=n) for scale in (1.0, 0.2) for n in (100, 10)]
    figure = samples.draw([(cell, sample(cell, "train", cell.n)[0]) for cell in cells])
    assert [axes.get_title() for axes in figure.axes] == ["n = 10", "n = 100", "", ""]
    assert [axes.get_ylabel() for axes in figure.axes] == ["scale 0.2", "", "scale 1", ""]
    assert (figure.get_supxlabel(), figure.get_supylabel()) == (style.X, "count")


VERDICTS = ["reached", "overlap", "training", "data", "diverged"]


def summary_of(rows: int, columns: int, learners: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A summary and an optimum of a grid of that size; in some cells of the first learner trainings diverged."""
    keys = product(["made-up"], learners, np.linspace(0.1, 2, rows).round(3), np.geomspace(10, 20_000, columns).round())
    table = pd.DataFrame(keys, columns=["study", "learner", "scale", "n"]).astype({"n": int})
    share = np.linspace(0, 1, len(table))
    gone = (table["learner"] == learners[0]) & (table["n"] == 10) & (table["scale"] > 1)
    table = table.assign(replicates=10, steps=1000, diverged=10 * gone, accuracy_mean=0.5 + share / 2)
    table = table.assign(gap_mean=(1 - share) / 2, gap_low=0.2 - share / 2, verdict=np.resize(VERDICTS[:4], len(table)))
    table.loc[gone, ["accuracy_mean", "gap_mean", "gap_low", "verdict"]] = [np.nan, np.nan, np.nan, "diverged"]
    optimum = pd.DataFrame({"scale": table["scale"].unique(), "accuracy": 0.9994, "guessing": 0.5})
    return table, optimum


def map_of(figure: str, rows: int, columns: int, learners: list[str]):
    """A map of a summary that is made up, found readable."""
    summary, optimum = summary_of(rows, columns, learners)
    with rc_context(style.RC):
        if figure == "accuracy":
            drawn = accuracy.draw(summary, optimum, learners)
        elif figure == "gap":
            drawn = gap.draw(summary, learners)
        else:
            drawn = verdict.draw(summary, learners, 0.95, 0.005)
        assert_readable(drawn)
    return drawn


def panels_of(figure, learners: list[str]) -> list:
    """The panels of these learners, in their order."""
    panels = [axes for axes in figure.axes if axes.get_title().replace("\n", "") in learners]
    assert [axes.get_title().replace("\n", "") for axes in panels] == learners
    return panels


def legend_of(figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("learners", [["net"], ["a-learner-of-thirty-characters", "another-one-of-thirty-letters"]])
@pytest.mark.parametrize("figure", MAPS)
def test_maps_of_twenty_by_twenty_cells_are_readable(figure, learners):
    drawn = map_of(figure, 20, 20, learners)
    panels = panels_of(drawn, learners)
    assert [len(axes.texts) for axes in panels] == [0 if figure == "verdict" else 400] * len(learners)
    assert len(panels[0].get_xticklabels()) < 20
    crossed = ["training diverged, in so many replicates"]
    named = {"accuracy": crossed, "gap": [*crossed, "95 % interval holds 0"]}
    named["verdict"] = [*verdict.COLOURS, "training diverged"]
    assert legend_of(drawn) == named[figure]


@pytest.mark.parametrize("figure", MAPS)
def test_words_are_in_all_cells_or_in_none_and_lie_within(figure):
    written = set()
    for columns in (3, 7, 12, 30):
        drawn = map_of(figure, 3, columns, ["net"])
        axes = drawn.axes[0]
        written.add(len(axes.texts) / (3 * columns))
        renderer = FigureCanvasAgg(drawn).get_renderer()
        assert all(text.get_window_extent(renderer).width < axes.bbox.width / columns for text in axes.texts)
    assert written == {0, 1}


@pytest.mark.parametrize("figure", MAPS)
def test_several_learners_share_limits_scales_and_bar_and_have_letters(figure):
    learners = ["net", "wide", "deep"]
    one, three = map_of(figure, 8, 7, ["net"]), map_of(figure, 8, 7, learners)
    [alone], panels = panels_of(one, ["net"]), panels_of(three, learners)
    assert [axes.get_title(loc="left") for axes in (alone, *panels)] == ["", "a", "b", "c"]
    assert [axes.get_title() for axes in (alone, *panels)] == ["net", *learners]
    assert all("replicates" in each.get_suptitle() for each in (one, three))
    assert len({axes.collections[0].get_clim() for axes in (alone, *panels)}) == 1
    assert [axes.get_label() for axes in three.axes].count("<colorbar>") == (figure != "verdict")
    assert all(axes.texts for axes in (alone, *panels))


def test_twelve_by_ten_panels_are_readable():
    sizes = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    cells = [make_cell(scale=scale / 10, n=n, replicates=1) for scale in range(1, 13) for n in sizes]
    with rc_context(style.RC):
        drawn = samples.draw([(cell, sample(cell, "train", cell.n)[0]) for cell in cells])
        assert_readable(drawn)
    assert len(drawn.axes) == 120
    assert min(axes.bbox.width for axes in drawn.axes) / drawn.dpi > 0.25  # inches
    assert [axes.get_title() for axes in drawn.axes[:3]] == ["n = 10", "20", "50"]
    assert drawn.axes[0].get_xticklabels()  # of its row
    assert not drawn.axes[1].get_xticklabels()


def test_lines_of_learners_differ_without_their_colours():
    looks = [style.look_of(learner) for learner in range(15)]
    assert len({tuple(look.values()) for look in looks}) == 15
    assert len({(look["marker"], look["linestyle"]) for look in looks[:12]}) == 12


def test_numbers_are_written_as_a_person_does():
    assert [style.number(value) for value in (0.2, 1.0, 30, 10000, 1e-05)] == [
        "0.2",
        "1",
        "30",
        "10,000",
        "1e-05",
    ]


def test_drawing_leaves_matplotlibs_settings_alone(data, tmp_path):
    before = dict(matplotlib.rcParams)
    files, options = data["accuracy"]
    plot("accuracy", [tmp_path / "figure.png"], json.dumps(options), **files)
    assert dict(matplotlib.rcParams) == before
