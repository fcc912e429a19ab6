"""Draws: the distributions they claim, and common random numbers however the study grows."""

import numpy as np
import pytest
import yaml
from applicability.config import schema
from applicability.stages.simulate import simulate
from applicability.storage.arrays import read_arrays
from applicability.tasks.distributions import BLOCK, frozen, parts
from applicability.tasks.sample import sample
from conftest import make_cell
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

DISTRIBUTIONS = yaml.safe_load(schema.SCHEMA.read_text())["$defs"]["distribution"]["properties"]


def one_of(name: str, loc: float = 1.0) -> dict:
    """A distribution of the schema by name, with the shapes of its example."""
    return {name: DISTRIBUTIONS[name]["examples"][0] | {"loc": loc, "scale": 1.5}}


def task_of(name: str) -> list:
    return [["a", [one_of(name)]], ["b", [one_of(name, 2.0)]]]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_draws_follow_the_distribution_at_the_scale(name):
    cell = make_cell(task=task_of(name), scale=0.3, replicates=1)
    draws = sample(cell, "train", 5000)[0]
    for (_, [distribution]), values in zip(cell.task, draws, strict=True):
        assert stats.kstest(values[:, 0], frozen(distribution, 0.3).cdf).pvalue > 1e-3


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_fewer_draws_are_the_first_of_more(name):
    cell = make_cell(task=task_of(name), replicates=2)
    more = sample(cell, "train", 2 * BLOCK + 7)
    for n in (1, 10, BLOCK, BLOCK + 1):
        np.testing.assert_array_equal(sample(cell, "train", n), more[:, :, :n])


@given(
    scale=st.floats(0.01, 10),
    other=st.floats(0.01, 10),
    seed=st.integers(0, 2**40),
    n=st.integers(1, 50),
)
@settings(max_examples=30, deadline=None)
def test_scales_share_their_standard_draws(scale, other, seed, n):
    one, two = (sample(make_cell(scale=each, seed=seed), "test", n).astype(float) for each in (scale, other))
    loc = np.array([1.0, 2.0])[:, None, None]
    np.testing.assert_allclose((one - loc) / scale, (two - loc) / other, atol=1e-6 * (1 + 2 / scale + 2 / other))


def test_more_replicates_leave_the_first_as_they_were():
    np.testing.assert_array_equal(
        sample(make_cell(replicates=2), "train", 20), sample(make_cell(replicates=5), "train", 20)[:2]
    )


def test_streams_differ_by_seed_role_group_and_replicate():
    task = [["a", [{"norm": {}}]], ["b", [{"norm": {}}]]]
    streams = [
        sample(make_cell(task=task, seed=seed), role, 20)[replicate, group].tobytes()
        for seed in (0, 1)
        for role in ("train", "test")
        for group in (0, 1)
        for replicate in (0, 1)
    ]
    assert len(set(streams)) == 16


def test_several_dimensions_and_groups_have_their_axes():
    plane = [{"norm": {"loc": 0.0}}, {"laplace": {"loc": 5.0}}]
    draws = sample(make_cell(task=[["a", plane], ["b", plane], ["c", plane]], scale=0.01), "train", 7)
    assert draws.shape == (3, 3, 7, 2)
    np.testing.assert_allclose(draws.mean((0, 1, 2)), [0, 5], atol=0.05)


def test_names_of_the_groups_change_no_draw():
    renamed = [[name, distributions] for name, (_, distributions) in zip("yx", make_cell().task, strict=True)]
    np.testing.assert_array_equal(sample(make_cell(), "train", 9), sample(make_cell(task=renamed), "train", 9))


def test_a_scale_of_a_distribution_is_a_factor_on_the_grids():
    wide = [["a", [{"norm": {"loc": 1.0}}]], ["b", [{"norm": {"loc": 1.0, "scale": 3.0}}]]]
    once, twice = (sample(make_cell(task=wide, scale=scale), "train", 5000)[..., 0] for scale in (0.5, 1.0))
    np.testing.assert_allclose(once.std(2), [[0.5, 1.5]] * 3, rtol=0.05)
    np.testing.assert_allclose(twice - 1, 2 * (once - 1), atol=1e-5)
    assert frozen(wide[1][1][0], 0.5).std() == 1.5
    same = [wide[0], ["b", [{"norm": {"loc": 1.0}}]]]
    np.testing.assert_allclose(
        sample(make_cell(task=same), "train", 9)[:, 1] * 3 - 2,
        sample(make_cell(task=wide), "train", 9)[:, 1],
        atol=1e-5,
    )


def test_location_and_scale_have_defaults():
    assert parts({"norm": {}}) == ("norm", 0, 1, {})


def test_the_file_holds_the_cell_and_the_same_bytes_each_time(tmp_path):
    cell = make_cell()
    for name in ("one.npz", "two.npz"):
        simulate(cell.json(), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    found, train = read_arrays(tmp_path / "one.npz", "train")
    assert (found, train.shape, train.dtype) == (cell, (3, 2, 20, 1), np.float32)
    np.testing.assert_array_equal(train, sample(cell, "train", 20))
    simulate(cell.of_tests().json(), tmp_path / "test.npz", role="test")
    found, test = read_arrays(tmp_path / "test.npz", "test")
    assert (found.n, test.shape) == (50, (3, 2, 50, 1))
    np.testing.assert_array_equal(test, sample(cell, "test", 50))
