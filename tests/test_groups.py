"""More than two groups: scores, truth, optimum; and what their order and names change."""

import numpy as np
import pytest
import torch
from applicability.learners.fitting import fit
from applicability.learners.network import StackedNetwork
from applicability.logits import log_odds
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import evaluate, scores_of
from applicability.scores.exact import exact
from applicability.scores.optimum import optimum_of
from applicability.scores.ranking import reliability
from applicability.scores.score import distance, own_group, score
from applicability.tasks.truth import Truth
from conftest import LINE, PLANE, draws_of, make_cell, make_learner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, log_softmax, softmax
from scipy.stats import norm

CPU = torch.device("cpu")
DISTINCT = arrays(int, (2, 30, 3), elements=st.integers(-(10**5), 10**5), unique=True).map(lambda x: x / 1e4)  # no ties
OUTPUTS = arrays(float, (2, 30, 3), elements=st.floats(-20, 20, width=32))


@given(OUTPUTS)
def test_logits_are_each_group_against_the_rest(outputs):
    np.testing.assert_allclose(expit(log_odds(outputs)), softmax(outputs, axis=-1), atol=1e-12)


@pytest.mark.parametrize("groups", [2, 3])
@given(outputs=OUTPUTS)
def test_scores_are_those_of_their_definitions(groups, outputs):
    outputs = outputs[:, :, :groups].round()  # with ties
    own, given = np.repeat(np.eye(groups), 30 // groups, axis=0), log_odds(outputs)
    one = given if groups > 2 else np.concatenate([-given, given], axis=-1)
    scores = score(given.mT, own_group([30 // groups] * groups))
    logs = log_softmax(outputs, axis=-1)
    np.testing.assert_allclose(scores["log_loss"], -(logs * own).sum((1, 2)) / 30, rtol=1e-9)
    np.testing.assert_allclose(scores["brier"], ((np.exp(logs) - own) ** 2).sum((1, 2)) / 60, atol=1e-12)
    np.testing.assert_allclose(scores["accuracy"], (one.argmax(-1) == own.argmax(-1)).mean(1))
    aucs = []
    for group in range(groups):
        inside, outside = one[:, own[:, group] == 1, group], one[:, own[:, group] == 0, group]
        pairs = inside[:, :, None] - outside[:, None, :]
        aucs.append(((pairs > 0) + 0.5 * (pairs == 0)).mean((1, 2)))
    np.testing.assert_allclose(scores["auc"], np.mean(aucs, axis=0))


def test_distances_from_the_truth_are_those_by_hand():
    """One place, p* = (.5, .25, .25) and p̂ = (.25, .5, .25): half of .25 + .25 + 0; odds 3 times as far."""
    p, found = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.5, 0.25])
    away = distance(*(np.log(each / (1 - each))[None, :, None] for each in (found, p)), p[None, :, None] * 7)
    assert away["posterior_error"] == pytest.approx(0.25)
    assert away["excess_log_loss"] == pytest.approx(0.25 * np.log(2))
    assert away["log_ratio_rmse"] == pytest.approx(np.sqrt(2 / 3) * np.log(3))


@given(DISTINCT, st.permutations(range(3)))
def test_permuting_the_groups_permutes_names_alone(outputs, order):
    """The scores of all groups together stay as they are; what is said of one group goes with it."""
    logits = log_odds(outputs).mT
    mass = own_group([10] * 3)
    one, other = score(logits, mass), score(logits[:, order], mass[:, order])
    for name, values in one.items():
        moved = values if values.ndim == 1 else values[:, order]  # those of each group
        np.testing.assert_allclose(moved, other[name], atol=1e-12)
    bins, permuted = reliability(logits, mass), reliability(logits[:, order], mass[:, order])
    for values, moved in zip(bins, permuted, strict=True):
        np.testing.assert_allclose(values[:, order], moved, atol=1e-12)


@pytest.mark.parametrize("scale", [0.2, 0.5, 2.0])
def test_three_gaussians_on_a_line_have_the_known_optimum(scale):
    """The outer groups are right with Φ(Δ/2), the middle one with 2Φ(Δ/2) − 1; boundaries halfway."""
    row = optimum_of(make_cell(task=LINE, scale=scale))
    assert row["accuracy"] == pytest.approx((4 * norm.cdf(0.5 / scale) - 1) / 3, abs=1e-12)
    assert row["boundaries"] == 2
    assert "boundary" not in row
    assert row["guessing"] == pytest.approx(1 / 3)
    assert 0 < row["information"] < np.log(3)
    assert np.isnan(row["plugin_constant"])


UNIFORM = [[f"{loc}", [{"uniform": {"loc": loc}}]] for loc in (0.0, 0.5, 1.0)]
TWO = [["a", [{"norm": {}}, {"norm": {"loc": 5.0}}]], ["b", [{"norm": {"loc": 5.0}}, {"norm": {}}]]]


@pytest.mark.parametrize(
    ("task", "scale", "low", "high"), [(PLANE, 0.3, [-0.9, -0.9], [1.9, 1.766]), (TWO, 3.0, [-9, -9], [14, 14])]
)
def test_in_the_plane_scores_and_curves_are_of_the_draws_and_no_network_beats_the_truth(task, scale, low, high):
    """Curves reach three scales beyond the means."""
    cell = make_cell(task=task, scale=scale, n=500, test_draws=20_000)
    truth, training, test = (
        Truth.of(task, scale),
        draws_of(cell, "train", cell.n),
        draws_of(cell, "test", cell.test_draws),
    )
    network, *_ = fit(cell, make_learner(steps=500, hidden=[16], standardise=True), training, CPU)
    logits = evaluate(network, test)
    scores = scores_of(network.to(torch.float64), logits, truth, cell, training, test)
    assert "exact_accuracy" not in scores
    best = optimum_of(cell)["accuracy"]
    error = np.sqrt(best * (1 - best) / cell.test_draws / len(task))
    assert (scores["accuracy"] <= best + 4 * error).all()
    assert (scores["accuracy"] >= best - 0.03).all()
    assert (abs(scores["plugin_gap"]) < 0.01).all()
    assert not scores["collapsed"].any()
    own = expit(logits).reshape(3, -1, len(task), cell.test_draws).mean(3)  # the second group's of two
    for group, name in enumerate(cell.groups):
        expected = own[:, group, group] if len(task) == 3 else own[:, 0, group]
        np.testing.assert_allclose(scores[f"mean_probability_{name}"], expected)
    curves = curves_of(network, logits, truth, test)
    np.testing.assert_allclose((curves["share"] * curves["frequency"]).sum(2), 1 / len(task))
    assert curves["frequency"].shape == (3, logits.shape[1], 15)
    x = curves["x"]
    assert x.shape == (61 * 61, 2)
    np.testing.assert_allclose([x[0], x[60], x[-1]], [low, [high[0], low[1]], high])  # the first coordinate fastest
    np.testing.assert_allclose(np.diff(x[:61, 0]), (high[0] - low[0]) / 60)
    np.testing.assert_allclose(curves["logits"], network.logits(x[None]), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(curves["true_logits"], truth.logits(x))


def test_a_rule_that_names_one_of_three_groups_has_collapsed():
    truth = Truth.of(LINE, 0.5)
    scores = exact(truth, lambda x: np.stack([0 * x, 0 * x - 9, 0 * x + 9], axis=-1))
    assert (scores["collapsed"][0], scores["boundaries"][0]) == (1, 0)
    assert scores["accuracy"][0] == pytest.approx(1 / 3)


def test_where_the_likeliest_are_alike_the_optimum_is_still_the_optimum():
    """Uniform groups that overlap pairwise, and a group that is there twice."""
    row = optimum_of(make_cell(task=UNIFORM, scale=1.0))
    assert row["accuracy"] == pytest.approx(2 / 3, abs=1e-9)
    locs = {"a": 0.0, "b": 0.0, "c": 1.0}
    twice = optimum_of(make_cell(task=[[name, [{"norm": {"loc": loc}}]] for name, loc in locs.items()], scale=1.0))
    assert twice["accuracy"] == pytest.approx(2 * norm.cdf(0.5) / 3, abs=1e-9)
    assert twice["boundaries"] == 1


def test_scores_do_not_depend_on_the_boundaries_of_the_others_in_the_stack():
    """To the bit, although the row of edges is as long as the longest of the stack."""
    task = [[f"g{index}", [{"norm": {"loc": float(index)}}]] for index in range(6)]
    truth = Truth.of(task, 0.4)
    for seed in (8, 9):  # of several boundaries, in each replicate another number
        generators = [torch.Generator().manual_seed(seed + index) for index in range(4)]
        network = StackedNetwork.initial([1, 16, 16, 6], generators, "relu").to(torch.float64)
        for weight in network.weights:
            weight *= 3
        found = exact(truth, lambda x, network=network: network.logits(x[..., None]))
        for replicate in range(4):
            twice = ([each[[replicate, replicate]] for each in all] for all in (network.weights, network.biases))
            one = StackedNetwork(*twice, "relu")
            alone = exact(truth, lambda x, one=one: one.logits(x[..., None]))
            assert alone["accuracy"][0] == found["accuracy"][replicate]


def test_outside_of_every_support_the_groups_are_equally_likely():
    truth = Truth.of(UNIFORM, 1.0)
    np.testing.assert_allclose(expit(truth.logits(np.array([[-1.0]]))), 1 / 3)
