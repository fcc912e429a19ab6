"""Draws: the distributions they claim, and common random numbers however the study grows."""

import re

import numpy as np
import pytest
import yaml
from applicability.config import schema
from applicability.config.groups import unfit
from applicability.randomness import ROLES, sequence
from applicability.scores.quadrature import nodes
from applicability.stages.simulate import simulate
from applicability.storage.arrays import read_arrays
from applicability.tasks.distributions import at_scale, draws
from applicability.tasks.truth import Truth
from conftest import draws_of, in_groups, make_cell, two
from scipy import stats
from scipy.special import expit

DISTRIBUTIONS = yaml.safe_load(schema.SCHEMA.read_text())["$defs"]["distribution"]["properties"]


def distribution_at(distribution: dict, loc: float, factor: float) -> dict:
    [(name, shapes)] = distribution.items()
    return {name: shapes | {"loc": loc, "scale": factor}}


def extremes() -> list[dict]:
    """Every distribution of the schema, with each shape at its limits and as in the example."""
    found = []
    for name, spec in DISTRIBUTIONS.items():
        shapes = {key: each for key, each in spec["properties"].items() if key not in ("loc", "scale")}
        assert len(shapes) <= 1  # more would need all their combinations
        values = [(key, each[end]) for key, each in shapes.items() for end in ("minimum", "maximum")]
        found += [{name: {key: float(value)}} for key, value in values] + [{name: spec["examples"][0] | {"loc": 0.0}}]
    return found


@pytest.mark.parametrize("distribution", extremes(), ids=str)
def test_draws_cdf_and_density_agree_at_every_limit_of_the_schema(distribution):
    """The integral of the density between quantiles, dense in both tails, is the cdf's difference."""
    [(name, shapes)] = distribution.items()
    there = distribution_at(distribution, 1e-5, 3.0)  # farther off float32 would blur log-normal draws
    expected = getattr(stats, name)(**shapes | {"loc": 1e-5, "scale": 3.0 * 0.1})
    values = draws(at_scale([there], 0.1), 5000, np.random.default_rng(0))[:, 0]
    assert stats.kstest(values, expected.cdf).pvalue > 1e-3
    assert at_scale([there], 0.1).law.std() == pytest.approx(expected.std(), nan_ok=True)
    alone = getattr(stats, name)(**shapes)  # at loc 0, where rounding is relative
    shares = expit(np.linspace(-15, 15, 2001))
    edges = alone.ppf(shares)
    np.testing.assert_allclose(alone.cdf(edges), shares, atol=1e-6)
    points, weights = np.polynomial.legendre.leggauss(10)
    half = np.diff(edges)[:, None] / 2
    masses = (alone.pdf(edges[:-1, None] + half * (1 + points)) * half * weights).sum(1)
    np.testing.assert_allclose(masses, np.diff(shares), atol=1e-6)


@pytest.mark.parametrize("distribution", extremes(), ids=str)
def test_what_a_config_may_ask_float32_can_tell_apart_and_the_quadrature_integrate(distribution):
    """At loc 0, and as far from it as it is allowed; of the usual shapes a thousand scales at least."""
    [(name, shapes)] = distribution.items()
    for scale in (1e-25, 1.0, 1e15):
        locs = [0.0, *(scale * 10.0**power for power in range(-5, 6))]
        far = {"uniform": {"loc": 1e12 * scale, "scale": 1e11}}  # whose quantiles add no nodes between
        tasks = [two(distribution_at(distribution, loc, 1.0), far) for loc in locs]
        allowed = [task for task in tasks if not [*unfit([scale], task)]]
        assert tasks[-1] not in allowed
        assert scale != 1 or tasks[0] in allowed
        assert shapes != DISTRIBUTIONS[name]["examples"][0] | {"loc": 0.0} or tasks[-3] in allowed
        for task in allowed:
            values = draws(at_scale(task[0][1], scale), 1000, np.random.default_rng(0))
            assert np.isfinite(values).all()
            assert len(np.unique(values)) > 500
        for task in allowed[-1:]:
            np.testing.assert_allclose(nodes(Truth.of(task, scale))[1].sum(1), 0.5, atol=4e-6)


def test_draws_that_float32_cannot_tell_apart_or_hold_are_refused():
    for scales, distribution, message in (
        ([1e-5, 1.0], {"norm": {"loc": -2.0}}, "at least 0.0002 for draws of a about -2 to differ in .* found 1e-05"),
        ([1.0], {"norm": {"loc": 2.0, "scale": 1e-5}}, "at least 20 for draws of a about 2 to differ"),
        ([1.0], {"weibull_min": {"c": 1e3, "loc": 20.0}}, "at least 2 for draws of a about 20 to differ"),
        ([1.0], {"lognorm": {"s": 0.01, "loc": 200.0}}, "at least 2.0404 for draws of a about 200 to differ"),
        ([1e-31], {"norm": {}}, "at least 1e-30 for draws of . about 0 to differ in float32; found 1e-31"),
        ([1.0, 1e10], {"norm": {"scale": 1e25}}, "at most 113333 for draws of a to be numbers of float32; found 1e.10"),
        ([1e3], {"t": {"df": 0.25}}, "at most 340 for draws of a to be numbers"),
        ([1e14], {"lognorm": {"s": 10.0}}, "at most 2.977..e.12 for draws of a to be numbers"),
    ):
        [text] = unfit(scales, two(distribution, {"norm": {}}))
        assert re.search(f"expected {message}", text)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_fewer_draws_are_the_first_of_more_and_come_in_blocks_from_their_streams(name):
    example = DISTRIBUTIONS[name]["examples"][0]
    shapes = {key: value for key, value in example.items() if key not in ("loc", "scale")}
    task = two(*(distribution_at({name: example}, loc, 1.5) for loc in (1.0, 2.0)))
    cell = make_cell(task=task, replicates=2, seed=3)
    more = in_groups(draws_of(cell, "train", 2007))
    for n in (1, 10, 1000, 1001):
        np.testing.assert_array_equal(in_groups(draws_of(cell, "train", n)), more[:, :, :n])
    stream = np.random.default_rng(np.random.SeedSequence(3, spawn_key=(0, 1, 1)))  # train, group, replicate
    blocks = [getattr(stats, name).rvs(**shapes, size=1000, random_state=stream) for _ in range(3)]
    expected = (2 + 0.75 * np.concatenate(blocks)[:2007]).astype(np.float32)
    np.testing.assert_array_equal(more[1, 1, :, 0], expected)


def test_streams_differ_by_seed_role_group_and_replicate():
    cells = [make_cell(task=two({"norm": {}}, {"norm": {}}), seed=seed, replicates=2) for seed in (0, 1)]
    streams = [draws_of(cell, role, 20).reshape(4, 20) for cell in cells for role in ("train", "test")]
    assert len(np.unique(np.concatenate(streams), axis=0)) == 16
    assert len({tuple(sequence(7, role).generate_state(4)) for role in ROLES}) == len(ROLES) == 8


def test_several_dimensions_and_groups_have_their_axes():
    plane = [{"norm": {"loc": 0.0}}, {"laplace": {"loc": 5.0}}]
    draws = draws_of(make_cell(task=[["a", plane], ["b", plane], ["c", plane]], scale=0.01), "train", 7)
    assert draws.shape == (3, 3 * 7, 2)
    np.testing.assert_allclose(draws.mean((0, 1)), [0, 5], atol=0.05)


def test_the_file_holds_the_cell_and_the_same_bytes_each_time(tmp_path):
    one, two = tmp_path / "one.npz", tmp_path / "two.npz"
    for role, cell in (("train", make_cell()), ("test", make_cell().of_tests())):
        for path in (one, two):
            simulate(cell.json(), path, role=role)
        assert one.read_bytes() == two.read_bytes()
        found, draws = read_arrays(one, role)
        assert (found, draws.shape, draws.dtype) == (cell, (3, 2 * cell.n, 1), np.float32)
        np.testing.assert_array_equal(draws, draws_of(cell, role, cell.n))
