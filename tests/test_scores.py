"""Scores of known predictions, and what must hold of any."""

import numpy as np
import pytest
import torch
from applicability import tables
from applicability.errors import InputError
from applicability.simulate import sample, simulate
from applicability.test import evaluate, score
from applicability.test import test as run_test
from applicability.train import train, trained
from conftest import make_cell, make_learner
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from scipy.stats import norm

LOGITS = arrays(float, (3, 2, 12), elements=st.floats(-30, 30, width=32))


def test_true_log_ratio_reaches_the_known_optimum():
    """Table of two Gaussians at 1 and 2, scale 0.5: accuracy .841345, log-loss .356316, Brier .112400, AUC .92135."""
    draws = sample(make_cell(scale=0.5, replicates=2), "test", 200_000)[..., 0].astype(float)
    scores = score((draws - 1.5) / 0.5**2, ["a", "b"])
    expected = {"accuracy": norm.cdf(1), "log_loss": 0.356316, "brier": 0.112400, "auc": 0.92135}
    for name, value in expected.items():
        np.testing.assert_allclose(scores[name], value, atol=0.003)
    np.testing.assert_allclose(scores["mean_probability_a"] + scores["mean_probability_b"], 1, atol=0.005)


def test_scores_of_a_few_known_logits():
    scores = score(np.array([[[-1.0, 0.0], [2.0, -3.0]]]), ["a", "b"])
    assert scores["accuracy"] == pytest.approx(3 / 4)  # a logit of 0 goes to the first group
    assert scores["auc"] == pytest.approx(2 / 4)
    truth = [1 - expit(-1), 1 - expit(0), expit(2), expit(-3)]
    assert scores["log_loss"] == pytest.approx(-np.log(truth).mean())
    assert scores["brier"] == pytest.approx(np.square(1 - np.array(truth)).mean())
    assert scores["mean_probability_b"] == pytest.approx((expit(2) + expit(-3)) / 2)


@given(LOGITS)
@settings(max_examples=100, deadline=None)
def test_auc_is_the_share_of_pairs_in_order(logits):
    pairs = logits[:, 1, :, None] - logits[:, 0, None, :]
    expected = ((pairs > 0) + 0.5 * (pairs == 0)).mean((1, 2))
    np.testing.assert_allclose(score(logits, ["a", "b"])["auc"], expected)


@given(LOGITS)
@settings(max_examples=100, deadline=None)
def test_swapping_the_groups_and_the_sign_changes_names_alone(logits):
    logits = np.where(logits == 0, 1, logits)  # a logit of 0 goes to the first group
    one, other = score(logits, ["a", "b"]), score(-logits[:, ::-1], ["b", "a"])
    for name in ("accuracy", "log_loss", "brier", "auc"):
        np.testing.assert_allclose(one[name], other[name])
    np.testing.assert_allclose(one["mean_probability_a"], 1 - other["mean_probability_a"], atol=1e-12)


@given(LOGITS)
@settings(max_examples=50, deadline=None)
def test_scores_stay_in_their_ranges(logits):
    scores = score(logits, ["a", "b"])
    assert (scores.pop("log_loss") >= 0).all()
    assert all(((values >= 0) & (values <= 1)).all() for values in scores.values())


def test_extreme_logits_give_finite_scores():
    scores = score(np.array([[[-1e4, 1e4], [1e4, -1e4]]]), ["a", "b"])
    assert all(np.isfinite(values).all() for values in scores.values())
    assert scores["log_loss"] == pytest.approx(5000)


def test_a_network_that_diverged_scores_nothing():
    logits = np.zeros((2, 2, 5))
    logits[1, 0, 3] = np.nan
    for values in score(logits, ["a", "b"]).values():
        assert np.isfinite(values[0])
        assert np.isnan(values[1])


def test_every_replicate_is_tested_on_its_own_draws():
    cell, learner = make_cell(), make_learner()
    network, _ = trained(cell, learner, sample(cell, "train", cell.n), torch.device("cpu"))
    draws = sample(cell, "test", 30)
    logits = evaluate(network, draws)
    assert logits.shape == (3, 2, 30)
    for group in range(2):
        alone = network(torch.from_numpy(draws[:, group])).squeeze(-1)
        np.testing.assert_allclose(logits[:, group], alone.detach(), rtol=1e-5, atol=1e-6)


def test_scores_carry_keys_and_cost_and_refuse_another_cells_model(tmp_path):
    samples, model, scores = (tmp_path / name for name in ("samples.npz", "model.pt", "scores.csv"))
    simulate(make_cell().json(), samples)
    train(samples, make_learner().json(), model)
    run_test(samples, model, scores)
    table = tables.read(scores)
    measured = ["accuracy", "log_loss", "brier", "auc", "mean_probability_a", "mean_probability_b"]
    assert list(table) == [*tables.KEYS, *measured, *tables.COST]
    assert table["replicate"].tolist() == [0, 1, 2]
    simulate(make_cell(scale=0.7).json(), samples)
    with pytest.raises(InputError, match=r"model.pt: expected a model trained on .*samples.npz"):
        run_test(samples, model, scores)
