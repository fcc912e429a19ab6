"""Bounds of the best possible accuracy by nearest neighbours: worked by hand, and where the truth is known."""

import numpy as np
import pytest
from applicability.scores import neighbours
from applicability.scores.neighbours import bounds_of, error_interval, expected_errors, least_error
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import binomtest, norm

BY_HAND = [
    # 0 has an a and a b at distance 1, 3 has them at 2, and the two at 1 have each other
    ([[0, 1], [1, 3]], 0.5 + 1 + 1 + 0.5),
    # each a at 0 has the other a and b; b at 0 has both a; 2 has a, a, b and c; 4 has b; 9 has c
    ([[0, 0], [0, 2], [4, 9]], 0.5 + 0.5 + 1 + 0.75 + 1 + 0),
    # every draw is at one place: each has one other of its own group
    ([[7, 7], [7, 7], [7, 7]], 6 * 4 / 5),
    ([[0], [1]], 2),
]


def gaussians(locs: list[float], n: int, dimension: int = 1, seed: int = 0) -> np.ndarray:
    """Draws [G, n, d] of Gaussians of width 1 at these places of the first coordinate."""
    draws = np.random.default_rng(seed).standard_normal((len(locs), n, dimension))
    draws[:, :, 0] += np.array(locs)[:, None]
    return draws


def bounds(draws: np.ndarray) -> dict:
    """The bounds of draws [G, n, d]."""
    return bounds_of(np.concatenate(draws), [*map(len, draws)])


def errors_of(draws: np.ndarray) -> float:
    """The expected errors among draws [G, n, d]."""
    return expected_errors(np.concatenate(draws), [*map(len, draws)])


def limit(locs: list[float]) -> float:
    """The error of the nearest neighbour rule on infinitely many draws: the mean of 1 − (sum of squared posteriors)."""

    def integrand(x: float) -> float:
        densities = norm.pdf(x, loc=locs) / len(locs)
        return densities.sum() - (densities**2).sum() / densities.sum()

    return quad(integrand, min(locs) - 10, max(locs) + 10, epsabs=1e-10)[0]


@pytest.mark.parametrize(("draws", "errors"), BY_HAND)
def test_ties_and_copies_count_as_by_hand(draws, errors):
    draws = np.array(draws)[..., None]
    assert errors_of(draws) == pytest.approx(errors, abs=1e-12)
    assert bounds(draws)["neighbour_error"] == pytest.approx(errors / draws.size, abs=1e-12)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_equal_distances_are_equal_but_for_rounding(precision):
    tenths = np.array([[[0.1], [0.2]], [[0.3], [0.4]]], precision)  # 0.2 and 0.3 are between two neighbours
    assert len({*np.diff(tenths.ravel())}) > 1
    assert errors_of(tenths) == 0.5 + 0.5
    assert errors_of(tenths + precision(0.001)) == 0.0 + 0.5 + 0.5
    assert errors_of(tenths + np.array([[[0], [0]], [[0.001], [0]]], precision)) == 0.0 + 0.0 + 0.0


def test_neither_order_nor_units_nor_blocks_matter(monkeypatch):
    rng = np.random.default_rng(0)
    lattice = rng.integers(0, 9, (3, 40, 2)).astype(float)  # many ties, and copies
    for draws in (gaussians([-1, 0, 1], 40, 2), lattice):
        errors = errors_of(draws)
        assert 10 < errors < 110
        shuffled = np.stack([rng.permutation(group) for group in draws[[2, 0, 1]]])
        assert errors_of(shuffled) == errors
        assert errors_of(draws * [1000, 0.3] + [-7, 0.1]) == pytest.approx(errors, abs=1e-9)
        assert errors_of(draws @ [[1, 0], [3, 1]]) != pytest.approx(errors, abs=1e-9)
        with monkeypatch.context() as patch:
            patch.setattr(neighbours, "PAIRS", 1)
            assert errors_of(draws) == errors


def test_constant_coordinates_tell_nothing():
    draws = gaussians([-1, 1], 50, 2)
    more = np.insert(draws, 1, 0.1, axis=2)
    assert more.std((0, 1))[1] > 0  # by rounding
    assert bounds(more) == bounds(draws)


def test_intervals_are_those_of_clopper_and_pearson():
    for count, total in ((0, 30), (1, 30), (12, 30), (30, 30)):
        expected = binomtest(count, total).proportion_ci(0.95, "exact")
        np.testing.assert_allclose(error_interval(count, total), expected, atol=1e-12)
    fractions = np.array([error_interval(errors, 30) for errors in np.linspace(0.5, 29.5, 59)])
    assert (np.diff(fractions, axis=0) > 0).all()


def test_the_least_error_is_cover_and_harts():
    for groups in (2, 3, 10):
        guessing = (groups - 1) / groups
        for error in np.linspace(0, guessing, 7):
            assert least_error(error * (2 - error / guessing), groups) == pytest.approx(error, abs=1e-7)
        assert least_error(1.0, groups) == guessing


@pytest.mark.parametrize(
    ("locs", "best"), [([-1, 1], ndtr(1)), ([-0.5, 0.5], ndtr(0.5)), ([-1.5, 0, 1.5], (4 * ndtr(0.75) - 1) / 3)]
)
def test_on_a_line_the_best_accuracy_is_between_the_bounds(locs, best):
    found = bounds(gaussians(locs, 4000))
    assert found["neighbour_error"] == pytest.approx(limit(locs), abs=0.02)
    assert found["neighbour_error_low"] < found["neighbour_error"] < found["neighbour_error_high"]
    assert found["accuracy_lower_bound"] < best < found["accuracy_upper_bound"]
    assert found["accuracy_upper_bound"] - found["accuracy_lower_bound"] < 0.2


def test_what_tells_the_groups_apart_is_not_shortened():
    assert bounds(gaussians([-10, 10], 300, 30))["neighbour_error"] == 0
    constant = np.concatenate([gaussians([0, 0], 20), np.repeat([[[0.1]], [[0.2]]], 20, axis=1)], axis=2)
    assert bounds(constant.astype(np.float32))["neighbour_error"] < 0.3  # a coordinate that is one number in each group


def test_in_many_dimensions_the_upper_bound_is_below_the_best_accuracy():
    assert bounds(gaussians([-1, 1], 300, 100))["accuracy_upper_bound"] < ndtr(1) - 0.03


@pytest.mark.parametrize("groups", [2, 3])
def test_of_equal_groups_the_bounds_are_near_guessing(groups):
    found = bounds(gaussians([0.0] * groups, 3000, seed=1))
    assert found["neighbour_error"] == pytest.approx(1 - 1 / groups, abs=0.02)
    assert -0.04 < found["accuracy_lower_bound"] - 1 / groups < 0
    assert 0 <= found["accuracy_upper_bound"] - 1 / groups < 0.15


def test_of_separated_groups_the_upper_bound_is_1():
    found = bounds(gaussians([-100, 0, 100], 50))
    high = 1 - 0.025 ** (1 / 150)
    assert found == {
        "neighbour_error": 0,
        "neighbour_error_low": 0,
        "neighbour_error_high": pytest.approx(high),
        "accuracy_lower_bound": pytest.approx(1 - high),
        "accuracy_upper_bound": 1,
    }
