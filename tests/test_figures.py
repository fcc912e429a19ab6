"""Figures: what they show is what the files say, and the same bytes each time."""

import json

import matplotlib
import numpy as np
import pytest
from applicability import tables
from applicability.figures import accuracy, samples, style
from applicability.plot import plot
from applicability.simulate import sample, simulate
from applicability.summarise import grid_of, summary_of
from conftest import make_cell
from test_tables import scores


@pytest.fixture
def data(tmp_path):
    """The files that each figure reads, and its options."""
    tables.write(summary_of(scores()), tmp_path / "summary.csv")
    cells = [make_cell(scale=scale, n=n) for scale in (0.2, 1.0) for n in (10, 3000)]
    for index, cell in enumerate(cells):
        simulate(cell.json(), tmp_path / f"{index}.npz")
    return {
        "accuracy": ([tmp_path / "summary.csv"], {"learner": "net"}),
        "samples": ([tmp_path / f"{index}.npz" for index in range(4)], {}),
    }


@pytest.mark.parametrize("figure", ["accuracy", "samples"])
def test_the_same_data_give_the_same_bytes(data, figure, tmp_path):
    files, options = data[figure]
    drawn = {}
    for run in ("one", "two"):
        pictures = [tmp_path / run / f"figure{format}" for format in (".pdf", ".png", ".svg")]
        plot(figure, files, pictures, json.dumps(options))
        drawn[run] = [picture.read_bytes() for picture in pictures]
    assert drawn["one"] == drawn["two"]
    assert [content[:4] for content in drawn["one"]] == [b"%PDF", b"\x89PNG", b"<?xm"]


@pytest.mark.parametrize("figure", ["accuracy", "samples"])
def test_the_order_of_the_files_is_immaterial(data, figure, tmp_path):
    files, options = data[figure]
    pictures = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for picture, order in zip(pictures, (files, files[::-1]), strict=True):
        plot(figure, order, [picture], json.dumps(options))
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_the_heatmap_shows_the_means_and_all_learners_share_the_limits():
    summary = summary_of(scores())
    limits = set()
    for learner in ("net", "7"):
        figure = accuracy.draw([summary], learner)
        axes, bar = figure.axes
        shown = [text.get_text() for text in axes.texts]
        expected = grid_of(summary, learner, "accuracy_mean").to_numpy().ravel()
        assert shown == [f"{value:.3f}" for value in expected]
        assert learner in axes.get_title()
        assert [label.get_text() for label in axes.get_yticklabels()] == ["0.1", "1"]
        limits.add((*axes.collections[0].get_clim(), bar.get_ylabel()))
    assert limits == {(0.5, 1.0, "mean accuracy on test draws")}


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
    assert [axes.get_ylabel() for axes in figure.axes] == ["scale 0.2\ncount", "", "scale 1\ncount", ""]


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
    plot("accuracy", files, [tmp_path / "figure.png"], json.dumps(options))
    assert dict(matplotlib.rcParams) == before
