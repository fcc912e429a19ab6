"""The plug-in linear discriminant: the textbook's rule, its known excess error, and draws that say nothing."""

from itertools import combinations

import numpy as np
import pytest
from applicability.learners import discriminant as lda
from applicability.scores.evaluation import reference_accuracies as accuracies
from applicability.tasks.reduction import gaussian_distance
from applicability.tasks.truth import Truth
from conftest import LINE, PLANE, TASKS, draws_of, in_groups, make_cell, two
from scipy.stats import norm

GAUSSIANS = TASKS[0]


def discriminant(training: np.ndarray, covariance=lda.sample_covariance) -> tuple:
    """The discriminant of draws [R, G, n, d] of groups that are equally likely."""
    replicates, groups, n, d = training.shape
    return lda.discriminant(training.reshape(replicates, -1, d), [n] * groups, np.full(groups, 1 / groups), covariance)


@pytest.mark.parametrize(("scale", "n"), [(1.0, 100), (0.5, 30), (0.3, 30)])
def test_plug_in_excess_is_c_over_n(scale, n):
    """2,000 replicates, where n·Δ² ≥ 30."""
    cell = make_cell(scale=scale, n=n, replicates=2000)
    truth = Truth.of(cell.task, scale)
    excess = norm.cdf(1 / (2 * scale)) - accuracies(truth, cell, draws_of(cell, "train", n), None, None)["plugin"]
    assert excess.min() >= -1e-15
    constant, least = lda.excess_law(gaussian_distance(cell.task) / scale)
    assert n >= least
    assert excess.mean() == pytest.approx(constant / n, abs=4 * excess.std() / np.sqrt(2000))


def test_the_law_is_for_gaussians_of_one_scale():
    assert lda.excess_law(gaussian_distance(GAUSSIANS)) == (pytest.approx(norm.pdf(0.5) / 8), 30)
    assert lda.excess_law(gaussian_distance(GAUSSIANS) / 2)[1] == 120
    both = [{"norm": {"loc": loc, "scale": 2.0}} for loc in (1.0, 4.0)]
    assert gaussian_distance(two(*both)) == 1.5
    for task in (two({"laplace": {}}, {"laplace": {"loc": 1.0}}), LINE, PLANE):
        assert np.isnan(gaussian_distance(task))
    for other in ({"norm": {"loc": 2.0, "scale": 2.0}}, {"laplace": {"loc": 2.0}}, {"norm": {"loc": 1.0}}):
        assert np.isnan(lda.excess_law(gaussian_distance(two({"norm": {"loc": 1.0}}, other)))).all()


def test_the_discriminant_is_that_of_the_textbook():
    """w = S⁻¹(m_b − m_a), threshold w·(m_a + m_b)/2; of three groups, whichever pair."""
    rng = np.random.default_rng(0)
    training = rng.normal(size=(2, 3, 500, 3)) @ (np.eye(3) + 0.3 * rng.normal(size=(3, 3)))
    training += np.arange(3.0)[:, None, None] ** 2
    slopes, offsets = discriminant(training)
    for replicate in range(2):
        covariance = np.mean([np.cov(group.T, bias=True) for group in training[replicate]], axis=0)
        for one, other in combinations(range(3), 2):
            a, b = training[replicate][[one, other]].mean(1)
            w = np.linalg.solve(covariance, b - a)
            np.testing.assert_allclose(slopes[replicate, :, other] - slopes[replicate, :, one], w, rtol=1e-6)
            threshold = offsets[replicate, one] - offsets[replicate, other]
            assert threshold == pytest.approx(w @ (a + b) / 2, rel=1e-6)


def test_on_a_line_the_discriminant_names_the_group_of_the_nearest_mean():
    means = np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 4.0], [2.0, 2.0, 2.0]])
    rule = discriminant((means[..., None] + np.array([-0.5, 0.5]))[..., None])
    places = np.array([0.0, 1.49, 1.51, 2.49, 2.51, 9.0])[None, :, None]
    expected = [[1, 1, 2, 2, 0, 0], [0, 0, 0, 0, 2, 2], [0] * 6]  # of equal means the first group's
    assert lda.named_by(*rule, places).tolist() == expected


def test_one_draw_per_group_and_a_coordinate_that_is_there_twice_have_a_discriminant_too():
    """The covariance has no inverse then: the nearer draw; and on a line the threshold halfway between the means."""
    for d in (2, 3):
        training = np.stack([np.zeros((1, 1, d)), np.ones((1, 1, d))], axis=1)
        slopes, offsets = discriminant(training)
        np.testing.assert_allclose(np.diff(-offsets) / np.diff(slopes[:, 0]), d / 2, rtol=1e-6)
    line = np.random.default_rng(0).normal(size=(3, 2, 7, 1)) + [[[0.0]], [[2.0]]]
    slopes, offsets = discriminant(np.repeat(line, 2, axis=-1))
    threshold = -np.diff(offsets)[:, 0] / np.diff(slopes.sum(1))[:, 0]
    np.testing.assert_allclose(threshold, line.mean((1, 2))[:, 0], rtol=1e-6)


def test_draws_that_are_all_alike_name_the_first_group():
    cell = make_cell(scale=1.0, n=4)
    assert accuracies(Truth.of_cell(cell), cell, np.ones((2, 8, 1)), None, None)["plugin"].tolist() == [0.5, 0.5]


def test_the_shrunk_covariance_is_that_of_its_authors():
    """Their sums, draw by draw; and few draws in many dimensions are shrunk far, many in few hardly."""
    shares = []
    for n, d in ((5, 20), (500, 2)):
        x = np.random.default_rng(n).normal(size=(2, n, d)) * np.linspace(1, 2, d)
        found = lda.shrunk_covariance(x)
        for draws, shrunk in zip(x, found, strict=True):
            s = np.mean([np.outer(one, one) for one in draws], axis=0)
            m = np.trace(s) / d * np.eye(d)
            b2 = sum(np.sum((np.outer(one, one) - s) ** 2) for one in draws) / n**2
            share = min(b2 / np.sum((s - m) ** 2), 1)
            np.testing.assert_allclose(shrunk, share * m + (1 - share) * s, rtol=1e-9, atol=1e-12)
        shares.append(share)
    assert shares[0] > 0.5 > 0.1 > shares[1]
    assert (lda.shrunk_covariance(np.zeros((1, 4, 3))) == 0).all()


def test_where_draws_are_as_many_as_dimensions_the_plug_in_rule_peaks_and_the_others_do_not():
    """Twonorm: errors of LDA over 200 replicates of another program; the optimum is Φ(−2) = 0.0228."""
    loc = 2 / np.sqrt(20)
    task = [[name, [{"norm": {"loc": sign * loc}}] * 20] for name, sign in (("a", 1), ("b", -1))]
    truth, known = Truth.of(task, 1.0), {3: 0.116, 11: 0.326, 100: 0.031}
    errors = {rule: [] for rule in lda.RULES}
    for n, error in known.items():
        cell = make_cell(task=task, scale=1.0, n=n, replicates=200)
        draws = draws_of(cell, "test", 100)
        found = accuracies(truth, cell, draws_of(cell, "train", n), draws, truth.posterior(draws))
        for rule in lda.RULES:
            errors[rule].append(1 - found[rule].mean())
        assert errors["plugin"][-1] == pytest.approx(error, abs=0.012)
    for rule in ("nearest", "shrunk"):
        assert errors[rule] == sorted(errors[rule], reverse=True)
        assert errors[rule][1] < 0.06
        assert errors[rule][2] < 0.027
    training = in_groups(draws_of(cell, "train", 100))
    slopes, means = np.diff(discriminant(training, lda.spherical_covariance)[0])[..., 0], training.mean(2)
    along = (means[:, 1] - means[:, 0]) / training.var(2).mean((1, 2))[:, None]
    np.testing.assert_allclose(slopes, along, rtol=1e-4)
