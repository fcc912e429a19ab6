"""Figures of the plane and of more than two groups: what they show is what the files say, and it can be read."""

import numpy as np
import pytest
import torch
from applicability.drawing import style
from applicability.figures import posterior, regions, reliability, samples
from applicability.learners.training import fit
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import evaluate
from applicability.stages.plot import plot
from applicability.storage.arrays import write_arrays
from applicability.tasks.sample import sample
from applicability.tasks.truth import Truth
from conftest import LINE, PLANE, make_cell, make_learner
from matplotlib import rc_context
from matplotlib.colors import to_rgb
from readable import assert_readable

TWO = [["a", [{"norm": {"loc": 0.0}}, {"norm": {"loc": 5.0}}]], ["b", [{"norm": {"loc": 5.0}}, {"norm": {"loc": 0.0}}]]]
SIX = [[f"g{index}", [{"norm": {"loc": float(index)}}]] for index in range(6)]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A task's files of a learner at two scales and two n, as the stages write them: curves and samples."""
    made = {}

    def of(task: list) -> dict[str, list]:
        key = str(task)
        if key not in made:
            folder = tmp_path_factory.mktemp("cells")
            made[key] = {"curves": [], "samples": []}
            for scale in (0.3, 1.0):
                for n in (10, 1000):
                    cell = make_cell(task=task, scale=scale, n=n, test_draws=300)
                    draws, test = sample(cell, "train", n), sample(cell, "test", 300)
                    network, _ = fit(cell, make_learner(batch_size=256), draws, torch.device("cpu"))
                    curves = curves_of(network, evaluate(network, test), Truth.of(task, scale))
                    for name, arrays in (("curves", curves), ("samples", {"train": draws})):
                        made[key][name].append(folder / f"scale={scale}/n={n}/{name}.npz")
                        write_arrays(made[key][name][-1], cell, **arrays)
        return made[key]

    return of


FIGURES = [
    *((task, regions, "curves") for task in (TWO, PLANE)),
    *((task, reliability, "curves") for task in (TWO, PLANE, LINE, SIX)),
    *((task, posterior, "curves") for task in (LINE, SIX)),
    *((task, samples, "samples") for task in (TWO, PLANE, SIX)),
]


@pytest.mark.parametrize(
    ("task", "figure", "of"), FIGURES, ids=lambda each: getattr(each, "__name__", "").split(".")[-1]
)
def test_figures_can_be_read_and_have_the_same_bytes_each_time(files, tmp_path, task, figure, of):
    options = {} if figure is samples else {"learner": "net"}
    with rc_context(style.RC):
        assert_readable(figure.draw([figure.read(path) for path in files(task)[of]], **options))
    name, text = figure.__name__.rsplit(".", 1)[-1], '{"learner": "net"}' if options else "{}"
    for run in ("one", "two"):
        plot(name, [tmp_path / f"{run}.pdf", tmp_path / f"{run}.svg"], text, cells=files(task)[of])
    for ending in ("pdf", "svg"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


@pytest.mark.parametrize(
    ("task", "figure", "of"), FIGURES, ids=lambda each: getattr(each, "__name__", "").split(".")[-1]
)
def test_one_cell_has_room_beside_its_legend(files, task, figure, of):
    options = {} if figure is samples else {"learner": "net"}
    with rc_context(style.RC):
        drawn = figure.draw([figure.read(files(task)[of][0])], **options)
        assert_readable(drawn)
    [axes] = drawn.axes
    assert min(axes.bbox.size / drawn.dpi) > 0.5  # inches


def test_a_replicate_that_diverged_names_no_group():
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    true = x[:, :1] - 0.4
    cell = make_cell(task=TWO)
    axes = regions.draw([(cell, x, true, np.stack([true, true * np.nan]))], "net").axes[0]
    assert [text.get_text() for text in axes.texts] == ["diverged 1 of 2"]
    [image] = axes.get_images()
    [alone] = regions.draw([(cell, x, true, true[None])], "net").axes[0].get_images()
    np.testing.assert_array_equal(image.get_array(), alone.get_array())
    assert not regions.draw([(cell, x, true, true[None] * np.nan)], "net").axes[0].get_images()


def test_a_place_has_the_mixture_of_the_colours_of_the_groups_that_are_named_there():
    x = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    true = x[:, :1] - 0.4
    learned = np.stack([true, true, true, true - 10])  # three of four replicates name b on the right
    figure = regions.draw([(make_cell(task=TWO), x, true, learned)], "net")
    [image] = figure.axes[0].get_images()
    a, b = (np.array(to_rgb(style.group_colour(group))) for group in (0, 1))
    pixels = image.get_array()
    np.testing.assert_allclose(pixels[0, 0], regions.PALE + (1 - regions.PALE) * a)
    np.testing.assert_allclose(pixels[0, 1], regions.PALE + (1 - regions.PALE) * (a / 4 + 3 * b / 4))
    assert (image.origin, image.get_extent()) == ("lower", [-0.5, 1.5, -0.5, 1.5])
    assert (figure.axes[0].get_xlim(), figure.axes[0].get_ylim()) == ((0, 1), (0, 1))


@pytest.mark.parametrize(("task", "lines"), [(TWO, 1), (PLANE, 3)], ids=["two groups", "three groups"])
def test_the_optimal_boundaries_are_where_two_groups_are_equally_likely(task, lines):
    truth = Truth.of(task, 0.5)
    side = np.linspace(-1, 2, 61)
    x = np.stack([grid.ravel() for grid in np.meshgrid(side, side)], axis=-1)
    axes = regions.draw([(make_cell(task=task), x, truth.logits(x), truth.logits(x)[None])], "net").axes[0]
    dashed = [each for each in axes.collections if each.get_linestyle()[0][1] is not None and each.get_paths()]
    assert len(dashed) == lines
    for drawn in dashed:
        for path in drawn.get_paths():
            for place in path.vertices:
                first, second = np.sort(truth.log_densities(place[None])[0])[:-3:-1]
                assert first - second == pytest.approx(0, abs=0.3)


def test_points_of_the_plane_are_the_draws(files):
    cells = [samples.read(path) for path in files(PLANE)["samples"]]
    figure = samples.draw(cells)
    first, draws = figure.axes[0], cells[0][1]
    assert [points.get_label() for points in first.collections] == ["group a", "group b", "group c"]
    for points, group in zip(first.collections, draws, strict=True):
        np.testing.assert_allclose(points.get_offsets(), group)


def test_every_group_has_a_line_of_each_replicate(files):
    cells = [posterior.read(path) for path in files(LINE)["curves"]]
    axes = posterior.draw(cells, "net").axes[0]
    assert [line.get_linestyle() for line in axes.lines].count("--") == 3
    colours = {line.get_color() for line in axes.lines if line.get_linestyle() == "-"}
    assert colours == {style.group_colour(group) for group in range(3)}
    learned = np.array([line.get_ydata() for line in axes.lines if line.get_linestyle() == "-"])
    np.testing.assert_allclose(learned.reshape(3, 3, -1).sum(0), 1, atol=1e-6)  # each replicate's probabilities
