"""The truth about a task, and the optimum that follows from it: closed forms, the published table, sampled in 2-D."""

import numpy as np
import pytest
from applicability.errors import InputError
from applicability.scores import optimum as optimum_scores
from applicability.scores.exact import exact, gap_of
from applicability.scores.optimum import optimum_of, scores_on_draws
from applicability.scores.quadrature import nodes
from applicability.tasks.truth import Truth
from conftest import TASKS, make_cell, two
from scipy.stats import norm

GAUSSIANS = two({"norm": {"loc": 1.0}}, {"norm": {"loc": 2.0}})

# scale: Bayes accuracy, AUC, log-loss (nat), information, Brier, c; by Simpson's and by the trapezoid rule
TABLE = {
    0.2: (0.993790, 0.99980, 0.017205, 0.67594, 0.004738, 0.01096),
    0.3: (0.952210, 0.99079, 0.121996, 0.57115, 0.035574, 0.04145),
    0.5: (0.841345, 0.92135, 0.356316, 0.33683, 0.112400, 0.06049),
    0.75: (0.747507, 0.82711, 0.510252, 0.18289, 0.169713, 0.05324),
    1.0: (0.691462, 0.76025, 0.581726, 0.11142, 0.198986, 0.04401),
    1.5: (0.630559, 0.68132, 0.640476, 0.05267, 0.224858, 0.03145),
    2.0: (0.598706, 0.63816, 0.662836, 0.03031, 0.235264, 0.02417),
    3.0: (0.566184, 0.59317, 0.679448, 0.01370, 0.243240, 0.01639),
}
COLUMNS = ("accuracy", "auc", "log_loss", "information", "brier", "plugin_constant")


@pytest.mark.parametrize("scale", TABLE)
def test_the_optimum_is_that_of_the_table(scale):
    row = optimum_of(make_cell(scale=scale))
    for name, value in zip(COLUMNS, TABLE[scale], strict=True):
        digits = 5 if name in ("auc", "information", "plugin_constant") else 6
        assert row[name] == pytest.approx(value, abs=0.5 * 10**-digits + 1e-6)
    distance = 1 / scale
    assert row["accuracy"] == pytest.approx(norm.cdf(distance / 2), abs=1e-12)
    assert row["auc"] == pytest.approx(norm.cdf(distance / np.sqrt(2)), abs=1e-6)
    assert row["information"] == pytest.approx(np.log(2) - row["log_loss"], abs=1e-12)
    assert row["boundary"] == pytest.approx(1.5, abs=1e-12)
    assert row["boundaries"] == 1
    assert row["accuracy_error"] == 0
    assert row["midpoint_constant"] == pytest.approx(scale / np.sqrt(2))


def test_a_picture_spans_98_in_100_of_each_group_and_some_scales_beyond_their_locations():
    wide = [
        ["a", [{"norm": {"loc": 1.0}}, {"norm": {"loc": 3.0}}]],
        ["b", [{"norm": {"loc": 2.0}}, {"norm": {"scale": 8.0}}]],
    ]
    assert Truth.of(wide, 0.5).span(5) == (-1.5, 4.5)
    assert Truth.of(wide, 0.5).span(3, 1) == pytest.approx((-4 * norm.isf(0.01), 4 * norm.isf(0.01)))


@pytest.mark.parametrize("weight", [0.01, 0.3, 0.9])
def test_unequal_groups_move_the_boundary_and_the_optimum(weight):
    """With weights w and 1 − w the threshold is the midpoint plus scale²·ln(w/(1 − w)) for means 1 apart."""
    scale = 0.5
    truth = Truth.of(GAUSSIANS, scale, [weight, 1 - weight])
    scores = exact(truth, lambda x: truth.logits(x[..., None]))
    threshold = 1.5 + scale**2 * np.log(weight / (1 - weight))
    accuracy = weight * norm.cdf((threshold - 1) / scale) + (1 - weight) * norm.sf((threshold - 2) / scale)
    assert scores["boundary"][0] == pytest.approx(threshold, abs=1e-9)
    assert scores["accuracy"][0] == scores["bayes_accuracy"][0] == pytest.approx(accuracy, abs=1e-12)
    assert scores["accuracy"][0] > max(weight, 1 - weight)
    assert scores["excess_log_loss"][0] == pytest.approx(0, abs=1e-15)
    assert 0 < scores["information"][0] < -weight * np.log(weight) - (1 - weight) * np.log(1 - weight)


@pytest.mark.parametrize("task", TASKS, ids=str)
def test_the_posterior_is_bayes_rule_and_decides(task):
    truth = Truth.of(task, 0.7, [1, 3])
    x = np.linspace(*truth.span(5), 101)[:, None]
    joint = np.exp(truth.log_densities(x)) * [0.25, 0.75]
    there = joint.sum(1) > 1e-200
    np.testing.assert_allclose(truth.posterior(x)[there], joint[there] / joint[there].sum(1, keepdims=True), atol=1e-12)
    np.testing.assert_allclose(truth.posterior(x).sum(1), 1)
    logits = truth.logits(x)[:, 0]
    sure = there & (abs(logits) > 1e-9)
    assert ((truth.decide(x) == 1) == (logits > 0))[sure].all()


def test_in_more_dimensions_a_draw_that_rounding_puts_outside_of_its_support_costs_no_more_than_others(monkeypatch):
    monkeypatch.setattr(optimum_scores, "BATCH", 2**15)
    task = [["a", [{"expon": {"loc": 0.7}}, {"norm": {}}]], ["b", [{"norm": {"loc": 0.7}}, {"norm": {}}]]]
    cell = make_cell(task=task, scale=1e-3)
    row = {name: values[0] for name, values in scores_on_draws(cell, Truth.of_cell(cell)).items()}
    line = optimum_of(make_cell(task=[[group, coordinates[:1]] for group, coordinates in task], scale=1e-3))
    for name in ("accuracy", "log_loss", "brier", "information"):
        assert row[name] == pytest.approx(line[name], abs=0.005)


def test_densities_of_zero_and_infinity_give_numbers():
    truth = Truth.of(two({"uniform": {}}, {"gamma": {"a": 0.5}}), 1.0)
    x = np.array([-1.0, 0.0, 0.5, 2.0])[:, None]
    assert np.isfinite(truth.log_ratio(x)).all()
    np.testing.assert_allclose(truth.posterior(x).sum(1), 1)
    assert truth.decide(x)[1:].tolist() == [1, 0, 1]
    disjoint = Truth.of(two({"uniform": {}}, {"uniform": {"loc": 3.0}}), 1.0)
    scores = exact(disjoint, lambda x: disjoint.logits(x[..., None]))
    assert scores["accuracy"][0] == pytest.approx(1, abs=1e-12)
    assert scores["log_loss"][0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("odd", "held"),
    [
        ({"gamma": {"a": 0.5, "loc": 1.0}}, "inf, 1"),
        ({"t": {"df": 0.05}}, r"0\.9991\d*, 1"),
        ({"lognorm": {"s": 20.0}}, r"0\.9999\d*, 1"),
    ],
    ids=str,
)
def test_densities_that_cannot_be_integrated_are_refused(odd, held):
    """Also where 2e-5 of a group of weight 0.001 is missed."""
    with pytest.raises(
        InputError, match=f"^task: expected densities that can be integrated at scale 1; found {held}, not"
    ):
        nodes(Truth.of(two(odd, {"norm": {"loc": 2.0}}), 1.0, [0.001, 0.999]))


def test_a_rule_above_the_optimal_one_is_refused():
    """As where the region of a third group is narrower than nodes are apart; rounding alone is no error."""
    with pytest.raises(InputError, match=r"regions of the optimal .* at scale 0.3; found accuracy 0.7 .* 0.70000001"):
        gap_of(np.array([0.5, 0.70000001]), np.array([0.7]), 0.3)
    assert gap_of(np.array([0.7 + 1e-10]), np.array([0.7]), 0.3) == pytest.approx(-1e-10, abs=1e-14)


@pytest.mark.parametrize("distribution", [{"t": {"df": 0.5}}, {"cauchy": {}}, {"gennorm": {"beta": 0.6}}], ids=str)
def test_tails_that_become_alike_are_no_boundaries(distribution):
    [(name, parameters)] = distribution.items()
    row = optimum_of(make_cell(task=two(distribution, {name: parameters | {"loc": 1.0}}), scale=1.0))
    assert row["boundaries"] == 1
    assert row["boundary"] == pytest.approx(0.5)


def test_groups_that_are_alike_have_no_boundary_and_no_information():
    row = optimum_of(make_cell(task=two({"norm": {}}, {"norm": {}})))
    assert (row["accuracy"], row["boundaries"]) == (0.5, 0)
    assert np.isnan(row["boundary"])
    assert row["information"] == pytest.approx(0, abs=1e-12)
