"""The best possible in more than one dimension: closed forms, draws of its own with their error; and the gap to it."""

import numpy as np
import pytest
import torch
from applicability.learners.network import StackedNetwork
from applicability.scores import optimum
from applicability.scores.evaluation import evaluate, scores_of
from applicability.scores.exact import exact
from applicability.scores.optimum import optimum_of
from applicability.tasks.truth import Truth
from conftest import draws_of, make_cell
from scipy.stats import norm


def gaussians(*groups: tuple, scale: float = 1.0) -> list:
    """A task of Gaussians of one width, by the means of each group."""
    return [[f"g{index}", [{"norm": {"loc": float(loc), "scale": scale}} for loc in locs]]
            for index, locs in enumerate(groups)]  # fmt: skip


A = 2 / np.sqrt(20)
TWONORM, CLUSTERS = gaussians((A,) * 20, (-A,) * 20), gaussians((0, 5), (5, 0))
RINGNORM = [gaussians((0,) * 20, scale=2.0)[0], gaussians((), (A,) * 20)[1]]
SQUARE = gaussians((0, 0), (0, 1), (1, 0), (1, 1))
KNOWN = [
    (TWONORM, 1.0, norm.cdf(2)),
    (TWONORM, 2.0, norm.cdf(1)),
    (gaussians((0,) * 8, (2.56,) + (0,) * 7), 1.0, norm.cdf(1.28)),
    (CLUSTERS, 1.0, 1 - 2.03476e-4),
    (gaussians((0, 0, 7), (3, 4, 7), scale=2.0), 0.5, norm.cdf(2.5)),
]


@pytest.mark.parametrize(("task", "scale", "accuracy"), KNOWN)
def test_of_two_gaussians_of_one_covariance_the_optimum_is_exact(task, scale, accuracy):
    """Φ(Δ/2), and all else as of two Gaussians on a line that are Δ apart."""
    row = optimum_of(make_cell(task=task, scale=scale))
    assert row["accuracy"] == pytest.approx(accuracy, abs=1e-9)
    assert row["accuracy_error"] == 0
    assert row["auc"] == pytest.approx(norm.cdf(np.sqrt(2) * norm.ppf(accuracy)), abs=1e-6)
    assert not {"boundary", "boundaries"} & set(row)
    assert np.isnan([row["plugin_constant"], row["plugin_from"], row["midpoint_constant"]]).all()


def test_coordinates_in_which_all_groups_are_alike_tell_nothing():
    line = [["a", [{"gamma": {"a": 2.0}}]], ["b", [{"expon": {"loc": 0.5}}]], ["c", [{"laplace": {}}]]]
    more = [[name, [{"norm": {"loc": 3.0}}, *one, {"t": {"df": 2.0, "scale": 1.0}}]] for name, one in line]
    more[0][1][2] = {"t": {"df": 2.0}}  # a scale of 1 need not be said
    one, other = (optimum_of(make_cell(task=task)) for task in (line, more))
    for name in ("accuracy", "accuracy_error", "log_loss", "brier", "auc", "information"):
        assert one[name] == other[name]


@pytest.mark.parametrize(
    ("task", "scale", "accuracy", "known"),
    [(SQUARE, 0.5, norm.cdf(1) ** 2, 0), (RINGNORM, 1.0, 0.98753, 5e-5)],
    ids=["square", "ringnorm"],
)
def test_of_other_tasks_it_is_a_mean_over_as_many_draws_as_its_error_takes(task, scale, accuracy, known, monkeypatch):
    """Four corners of a square: right in both coordinates. Ringnorm: from 10⁶ draws of another program."""
    monkeypatch.setattr(optimum, "ERROR", 3e-4)
    monkeypatch.setattr(optimum, "BATCH", 2**13)
    row = optimum_of(make_cell(task=task, scale=scale))
    assert 2.5e-4 < row["accuracy_error"] <= 3e-4
    assert row["accuracy"] == pytest.approx(accuracy, abs=4 * (row["accuracy_error"] + known))
    assert row["information"] == pytest.approx(np.log(len(task)) - row["log_loss"])


def test_the_error_of_the_optimum_is_that_of_its_draws(monkeypatch):
    for name, value in (("BATCH", 500), ("MOST", 2), ("SCORED", 1)):
        monkeypatch.setattr(optimum, name, value)
    rows = [optimum_of(make_cell(task=SQUARE, seed=seed)) for seed in range(40)]
    off = [(row["accuracy"] - norm.cdf(1) ** 2) / row["accuracy_error"] for row in rows]
    assert 0.75 < np.std(off) < 1.25
    assert abs(np.mean(off)) < 0.6
    most = rows[0]["accuracy_error"] * np.sqrt(4000)  # of one draw: 2 batches of 4 groups
    assert 0.1 < most < 0.5


def straight(slopes: list[list[float]], offsets: list[float]) -> StackedNetwork:
    """Logistic rules slope·x + offset, one for each replicate."""
    weights = torch.tensor(slopes, dtype=torch.float64)[:, :, None]
    return StackedNetwork([weights], [torch.tensor(offsets, dtype=torch.float64)[:, None, None]], "relu")


def test_each_test_draw_counts_by_its_posterior():
    """Rules that look at the first of two coordinates, the only one that tells: their gaps on a line are exact."""
    line = gaussians((0,), (1,))
    plane = [[name, [*one, {"norm": {}}]] for name, one in line]
    cell, truth = make_cell(task=plane, scale=1.0, n=30, test_draws=20_000), Truth.of(plane, 1.0)
    training, draws = draws_of(cell, "train", 30), draws_of(cell, "test", cell.test_draws)
    slopes, offsets = np.array([2.0, 1.0, -1.0]), np.array([-1.0, -1.2, 0.3])
    network = straight([[slope, 0.0] for slope in slopes], offsets)
    scores = scores_of(network, evaluate(network, draws), truth, cell, training, draws)
    known = exact(Truth.of(line, 1.0), lambda x: (slopes[:, None] * x + offsets[:, None])[..., None])
    assert (abs(scores["expected_gap"] - known["gap"]) <= [1e-12, 2e-3, 5e-3]).all()
    np.testing.assert_allclose(scores["expected_accuracy"], known["accuracy"], atol=5e-3)
    assert scores["expected_gap"][0] == 0  # the optimal rule
    np.testing.assert_allclose(scores["gap"], known["gap"], atol=0.02)
    assert (scores["plugin_gap"] > 0).all()
    np.testing.assert_allclose(scores["plugin_accuracy"] + scores["plugin_gap"], scores["expected_bayes_accuracy"])
    whole = optimum_of(cell)["accuracy"]
    np.testing.assert_allclose(scores["expected_bayes_accuracy"], whole, atol=4e-3)
