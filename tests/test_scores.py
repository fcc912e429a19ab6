"""Scores of known predictions, and what must hold of any."""

import numpy as np
import pytest
import torch
from applicability.errors import InputError
from applicability.learners.fitting import fit
from applicability.scores.evaluation import evaluate, sampled_scores
from applicability.scores.ranking import ranked, reliability
from applicability.scores.score import by_group, own_group, score
from applicability.stages.simulate import simulate
from applicability.stages.test import test as run_test
from applicability.stages.train import train
from applicability.storage import tables
from applicability.tasks.truth import Truth
from conftest import draws_of, make_cell, make_learner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit

LOGITS = arrays(float, (3, 2, 12), elements=st.floats(-30, 30, width=32))


def test_scores_of_a_few_known_logits():
    """Others: test_groups.py."""
    logits, cell = np.array([[[-1.0, 0.0, 2.0, -3.0]]]), make_cell()
    draws = np.array([[[1.0], [2.0], [2.0], [1.0]]])
    scores = by_group(sampled_scores(logits, Truth.of(cell.task, 0.5), draws), cell.groups)
    truth = [1 - expit(-1), 1 - expit(0), expit(2), expit(-3)]
    assert scores["calibration_error"] == pytest.approx(1 - np.mean(truth))  # each in a bin of its own
    assert scores["accuracy"] == 3 / 4  # a logit of 0 goes to the first group
    assert scores["mean_probability_b"] == pytest.approx((expit(2) + expit(-3)) / 2)
    assert scores["bayes_accuracy"] == 2 / 4
    assert scores["gap"] == 2 / 4 - 3 / 4


@given(LOGITS.map(np.round), arrays(float, (3, 2, 24), elements=st.floats(0, 1)))
def test_ranks_have_the_mass_below_and_at_most_there(logits, mass):
    logits = logits.reshape(3, -1)
    rising, moved, low, high = ranked(logits, mass)
    np.testing.assert_array_equal(rising, np.sort(logits))
    below = rising[:, None, :, None] > logits[:, None, None, :]
    ties = rising[:, None, :, None] == logits[:, None, None, :]
    for found, counts in ((low, below), (high, below | ties)):
        np.testing.assert_allclose(found, (counts * mass[:, :, None, :]).sum(-1), atol=1e-12)
    np.testing.assert_allclose((moved * rising[:, None]).sum(2), (mass * logits[:, None]).sum(2), atol=1e-9)


@given(LOGITS, st.integers(2, 5))
def test_a_mass_counts_as_so_many_draws(logits, times):
    """Draws that are there several times score as draws of that mass, calibration aside where a bin's edge falls."""
    flat, mass = logits.reshape(3, 1, -1), np.broadcast_to(own_group([12, 12]), (3, 2, 24)).copy()
    mass[:, :, ::3] *= times
    repeated = np.concatenate([flat, *[flat[:, :, ::3]] * (times - 1)], axis=2)
    own = np.concatenate([own_group([12, 12])[0], *[own_group([12, 12])[0][:, ::3]] * (times - 1)], axis=1)[None]
    one, other = score(flat, mass), score(repeated, own)
    for name in ("accuracy", "log_loss", "brier", "auc", "recall", "precision"):
        np.testing.assert_allclose(one[name], other[name])


def test_extreme_logits_give_finite_scores():
    scores = score(np.array([[[-1e4, 1e4, 1e4, -1e4]]]), own_group([2, 2]))
    assert all(np.isfinite(values).all() for values in scores.values())
    assert scores["log_loss"] == pytest.approx(5000)


def test_a_network_that_says_one_half_of_everything_is_calibrated_and_useless():
    given = np.zeros((1, 1, 2000)), own_group([1000] * 2)
    scores = score(*given)
    assert (scores["calibration_error"], scores["auc"], scores["accuracy"]) == (0, 0.5, 0.5)
    shares, probabilities, frequencies = reliability(*given)
    assert sorted(shares[0, 0])[-1] == 1
    assert np.nanmax(probabilities) == np.nanmax(frequencies) == 0.5
    assert np.isnan(probabilities).sum() == 14


def test_bins_have_equal_mass_and_average_what_is_in_them():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 3000))
    shares, probabilities, frequencies = reliability(logits[:, None], own_group([1500] * 2))
    np.testing.assert_allclose(shares, 1 / 15, atol=1e-3)
    ranked = np.sort(expit(logits), axis=1).reshape(2, 15, 200).mean(2)
    np.testing.assert_allclose(probabilities[:, 0], ranked)
    np.testing.assert_allclose((shares * frequencies).sum(2), 0.5)


def test_every_replicate_is_tested_on_its_own_draws():
    cell, learner = make_cell(), make_learner()
    network, *_ = fit(cell, learner, draws_of(cell, "train", cell.n), torch.device("cpu"))
    draws = draws_of(cell, "test", 30)
    logits = evaluate(network, draws)
    assert logits.shape == (3, 1, 60)
    for group in range(2):
        alone = network(torch.from_numpy(draws.reshape(3, 2, 30, 1)[:, group])).squeeze(-1)
        np.testing.assert_allclose(logits.reshape(3, 2, 30)[:, group], alone.detach(), rtol=1e-5, atol=1e-6)


def test_scores_are_of_each_replicate_and_another_cells_model_is_refused(tmp_path):
    """test_reading.py has the columns."""
    names = ("samples.npz", "test.npz", "model.pt", "scores.csv")
    samples, test_samples, model, scores = (tmp_path / name for name in names)
    simulate(make_cell().json(), samples)
    simulate(make_cell().of_tests().json(), test_samples, role="test")
    train(samples, make_learner().json(), model)
    run_test(samples, test_samples, model, scores)
    table = tables.read(scores)
    assert set(table["test_device"]) == {"cpu"}
    assert table["replicate"].tolist() == [0, 1, 2]
    other = make_cell(scale=0.7)
    for cell, path, role, said in (
        (other.of_tests(), test_samples, "test", r"test.npz: expected the test draws of .*samples.npz"),
        (other, samples, "train", r"test.npz: expected the test draws of .*samples.npz"),
        (make_cell(n=21), samples, "train", r"model.pt: expected a model trained on .*samples.npz"),
    ):
        simulate(cell.json(), path, role)
        with pytest.raises(InputError, match=said):
            run_test(samples, test_samples, model, scores)
        simulate(make_cell().of_tests().json(), test_samples, role="test")
