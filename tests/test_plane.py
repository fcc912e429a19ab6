"""Figures of the plane and of more than two groups: what they show is what the files say, and it can be read."""

import functools

import numpy as np
import pytest
from applicability.drawing import style
from applicability.figures import posterior, regions, reliability, samples
from applicability.stages.plot import plot
from conftest import CORNERS, LINE, PLANE, make_cell, make_learner
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from readable import assert_readable, labels_of, legend_of, lines_of, points_of, words_in
from studies import by_stages, make_study

TWO = [["a", [{"norm": {}}, {"norm": {"loc": 5.0}}]], ["b", [{"norm": {"loc": 5.0}}, {"norm": {}}]]]
X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
RIGHT = X[:, :1] - 0.4  # log-odds of b, which is on the right
SPACE = [["a", [{"norm": {}}] * 3], ["b", [{"norm": {"loc": 1.0}}] * 3]]
SIX = [[f"g{index}", [{"norm": {"loc": float(index)}}]] for index in range(6)]
DRAWN = {"two": TWO, "plane": PLANE, "line": LINE, "six": SIX, "space": SPACE}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The cells' files of a task by its name, as the stages write them, at two scales and two n."""

    @functools.cache
    def of(task: str) -> dict[str, list]:
        folder, learners = tmp_path_factory.mktemp("cells"), {"net": make_learner(batch_size=256)}
        grid = {"scales": [0.3, 1.0], "sample_sizes": [10, 1000], "test_draws": 300}
        by_stages(make_study(task=DRAWN[task], learners=learners, **grid), folder)
        return {name: sorted(folder.rglob(f"{name}.npz")) for name in ("curves", "samples")}

    return of


FIGURES = [
    *((task, regions, "curves") for task in ("two", "plane")),
    *((task, reliability, "curves") for task in ("two", "plane", "line", "six")),
    *((task, posterior, "curves") for task in ("line", "six")),
    *((task, samples, "samples") for task in ("two", "plane", "space", "six")),
]


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize(("task", "figure", "of"), FIGURES, ids=lambda each: getattr(each, "__name__", None))
def test_figures_can_be_read_with_four_cells_and_with_one(files, task, figure, of):
    cells, options = [figure.read(path) for path in files(task)[of]], {} if figure is samples else {"learner": "net"}
    assert_readable(figure.draw(cells, **options))
    drawn = figure.draw(cells[:1], **options)
    assert_readable(drawn)
    [axes] = drawn.axes
    assert min(axes.bbox.size / drawn.dpi) > 0.5  # inches beside the legend
    if figure is not reliability:  # five scales beyond the outer locations on a line, three elsewhere
        margin = 0.3 * (5 if task in ("line", "six") else 3)
        locs = [first["norm"].get("loc", 0.0) for _, (first, *_) in DRAWN[task]]
        np.testing.assert_allclose(axes.get_xlim(), (min(locs) - margin, max(locs) + margin))


def test_the_regions_have_the_same_bytes_each_time(files, tmp_path):
    pictures = [tmp_path / f"{run}.svg" for run in ("one", "two")]
    for picture in pictures:
        plot("regions", [picture], '{"learner": "net"}', cells=files("plane")["curves"])
    assert pictures[0].read_bytes() == pictures[1].read_bytes()


def test_a_replicate_that_diverged_names_no_group():
    stacks = [RIGHT, RIGHT * np.nan], [RIGHT], [RIGHT * np.nan]
    given = [[(make_cell(task=TWO), X, RIGHT, np.stack(learned))] for learned in stacks]
    some, alone, none = (regions.draw(each, "net").axes[0] for each in given)
    assert words_in(some) == ["diverged 1 of 2"]
    images = [axes.get_images()[0].get_array() for axes in (some, alone)]
    np.testing.assert_array_equal(*images)
    assert not none.get_images()


def test_a_place_has_the_mixture_of_the_colours_of_the_groups_that_are_named_there():
    learned = np.stack([RIGHT, RIGHT, RIGHT, RIGHT - 10])  # three of four replicates name b on the right
    figure = regions.draw([(make_cell(task=TWO), X, RIGHT, learned)], "net")
    [image] = figure.axes[0].get_images()
    a, b = (np.array(to_rgb(style.group_colour(group))) for group in (0, 1))
    pixels = image.get_array()
    np.testing.assert_allclose(pixels[0, 0], regions.PALE + (1 - regions.PALE) * a)
    np.testing.assert_allclose(pixels[0, 1], regions.PALE + (1 - regions.PALE) * (a / 4 + 3 * b / 4))
    assert (image.origin, image.get_extent()) == ("lower", [-0.5, 1.5, -0.5, 1.5])
    assert (figure.axes[0].get_xlim(), figure.axes[0].get_ylim()) == ((0, 1), (0, 1))


def test_boundaries_are_where_the_two_likeliest_of_three_groups_are_equally_likely():
    side = np.linspace(-4, 4, 41)
    x = np.stack([grid.ravel() for grid in np.meshgrid(side, side + 1)], axis=-1)
    true = np.stack([x[:, 0], x[:, 1], 0 * x[:, 0] + 1], axis=-1)  # group c where both coordinates are below 1
    cell = make_cell(task=PLANE, scale=0.5)
    figure = regions.draw([(cell, x, true, np.stack([true[:, [1, 0, 2]], true + 9, true * np.nan]))], "net")
    [axes] = figure.axes
    black = [each for each in axes.collections if to_hex(each.get_edgecolor()[0]) == "#000000"]
    grey = [each for each in axes.collections if to_hex(each.get_edgecolor()[0]) == "#404040"]
    assert (len(black), len(grey)) == (3, 6)  # of two sound replicates
    for contour, (low, high) in zip(black, [((1, 1), (4, 4)), ((1, -3), (1, 1)), ((-4, 1), (1, 1))], strict=True):
        places = np.concatenate([path.vertices for path in contour.get_paths()])
        np.testing.assert_allclose([places.min(0), places.max(0)], [low, high], atol=0.21)  # a step of the grid
        if low[0] == low[1]:
            np.testing.assert_allclose(places[:, 0], places[:, 1])
    assert words_in(axes) == ["diverged 1 of 3"]
    marks = [(line.get_marker(), line.get_color()) for line in lines_of(axes)]
    assert marks == [("o", "#0072B2"), ("s", "#E69F00"), ("D", "#009E73")]
    np.testing.assert_allclose(points_of(*lines_of(axes)), list(CORNERS.values()))
    named, places = ([f"{word} {name}" for name in "abc"] for word in ("names", "location of"))
    assert legend_of(figure) == [*named, "boundary of each replicate of net", "optimal boundary", *places]
    assert labels_of(figure) == ("", *style.PLANE)
    assert (axes.get_aspect(), axes.get_title(), axes.get_ylabel()) == (1, "n = 20", "scale 0.5")


def test_points_of_the_plane_are_the_draws(files):
    cells = [samples.read(path) for path in files("plane")["samples"]]
    figure = samples.draw(cells)
    for axes, (cell, draws) in zip(figure.axes, cells, strict=True):
        groups = zip(axes.collections, np.split(draws, 3), ["#0072b2", "#e69f00", "#009e73"], strict=True)
        for points, group, colour in groups:
            np.testing.assert_allclose(points.get_offsets(), group)
            assert to_hex(points.get_facecolor()[0]) == colour
            looks = (12, False) if cell.n == 10 else (pytest.approx(1.9, abs=0.01), True)
            assert (points.get_sizes()[0], points.get_rasterized()) == looks
        low, high = np.min([*CORNERS.values()], 0) - 3 * cell.scale, np.max([*CORNERS.values()], 0) + 3 * cell.scale
        np.testing.assert_allclose([axes.get_xlim(), axes.get_ylim()], np.transpose([low, high]))
    assert legend_of(figure) == ["group a", "group b", "group c"]
    assert labels_of(figure) == ("", *style.PLANE)


def test_a_boundary_of_two_groups_is_drawn_only_where_no_other_is_likelier():
    side = np.linspace(-4, 4, 41)
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    axes = Figure().subplots()
    regions.boundaries(axes, [side, side], np.stack([x, -x, y, np.full(len(x), -9.0)], axis=-1))
    places = np.concatenate([path.vertices for each in axes.collections for path in each.get_paths()])
    assert places[:, 1].max() > 3.9
    assert places[abs(places[:, 0]) < 0.01, 1].max() < 0.3  # above, the third group is the likeliest
