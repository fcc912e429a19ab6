"""Sample sizes: the smallest that will do, censored where none will, and power laws that are known."""

import numpy as np
import pandas as pd
import pytest
from applicability.scores.replicates import summary_of
from applicability.stages.plan import needed, plan, planned, power_laws, resampled_means, with_interval
from applicability.storage import tables
from conftest import COST, make_cell

SIZES = [10, 100, 1000, 10_000]
OPTIMUM = pd.DataFrame({"scale": [0.5], "plugin_constant": [0.06], "plugin_from": [0.06 / 0.005]})


def scores(gap, replicates: int = 20, sd: float = 0.05) -> pd.DataFrame:
    """Scores of one learner at scale 0.5 with gaps about `gap(n)`, scattered by a share of themselves."""
    rng = np.random.default_rng(0)
    parts = []
    for n in SIZES:
        cell = make_cell(scale=0.5, n=n, replicates=replicates)
        gaps = gap(n) * (1 + sd * rng.standard_normal(replicates))
        parts.append(tables.of_replicates("net", cell, exact_gap=gaps, **COST | {"diverged": np.isnan(gaps)}))
    return pd.concat(parts, ignore_index=True)


def plan_of(table: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    return planned(table, summary_of(table), OPTIMUM, seed)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ([0.5, 0.009, 0.004, 0.001], "100"),
        ([0.009, 0.5, 0.004, 0.001], "1000"),  # there and at every larger n
        ([0.5, 0.5, 0.5, 0.01], "10000"),
        ([0.001, 0.001, 0.001, 0.011], "> 10000"),
        ([0.0, 0.0, 0.0, 0.0], "10"),
        ([0.0, np.nan, 0.0, 0.0], "1000"),
        ([np.nan] * 4, "> 10000"),
    ],
)
def test_the_smallest_n_from_which_on_the_limit_is_within(limits, expected):
    assert needed(np.array(SIZES), np.array(limits), 0.01) == expected


def test_a_power_law_is_found_again_with_its_interval():
    table = plan_of(scores(lambda n: 0.3 * n**-0.5))
    assert table["gap"].tolist() == [0.01, 0.005, 0.001]
    assert (abs(table["slope"] - 0.5) < 0.01).all()
    for row in table.itertuples():
        expected = (0.3 / row.gap) ** 2
        assert row.fitted_n_low < row.fitted_n < row.fitted_n_high
        assert row.fitted_n == pytest.approx(expected, rel=0.1)
        theory = 0.06 / row.gap
        assert row.theory_n == pytest.approx(theory if row.gap < 0.01 else np.nan, nan_ok=True)
    assert table["needed"].tolist() == ["1000", "10000", "> 10000"]


def test_where_gaps_follow_no_law_there_is_no_fitted_n():
    flat_then_falling = plan_of(scores(lambda n: {10: 0.5, 100: 0.5, 1000: 1e-4, 10_000: 1e-4}[n]))
    assert flat_then_falling["fitted_n"].isna().all()
    assert (flat_then_falling["misfit"] > np.log(2)).all()
    assert flat_then_falling["needed"].tolist() == ["1000", "1000", "1000"]
    rising = plan_of(scores(lambda n: 0.01 * n**0.1))
    assert rising["fitted_n"].isna().all()
    assert (rising["slope"] < 0).all()


def test_gaps_that_are_not_positive_are_left_out():
    means = np.array([[0.3, 0.3 / 10, -1e-5, 0.3 / 1000], [0.3, -1, -1, 0.1], [np.nan, 0.3, 0.03, 0.003]])
    slopes, levels, misfits = power_laws(means, np.array(SIZES))
    assert slopes[0] == pytest.approx(1)
    assert levels[0] == pytest.approx(np.log(3))
    assert misfits[0] == pytest.approx(0, abs=1e-6)
    assert np.isnan(slopes[1])
    assert slopes[2] == pytest.approx(1)


def test_the_stage_takes_the_seed_of_the_bootstrap(tmp_path):
    """Another seed moves the intervals by a little, and nothing else."""
    table = scores(lambda n: 0.3 * n**-0.5)
    paths = [tmp_path / name for name in ("scores.csv", "summary.csv", "optimum.csv", "planning.csv")]
    for each, path in zip((table, summary_of(table), OPTIMUM), paths, strict=False):
        tables.write(each, path)
    found = []
    for seed in ("1", "1", "2"):
        plan(*paths, seed=seed)
        found.append(tables.read(paths[3]))
    pd.testing.assert_frame_equal(found[0], found[1])
    intervals = [name for name in found[0] if name.endswith(("_low", "_high"))]
    pd.testing.assert_frame_equal(found[0].drop(columns=intervals), found[2].drop(columns=intervals))
    assert (found[0][intervals] != found[2][intervals]).all(axis=None)
    np.testing.assert_allclose(found[0][intervals], found[2][intervals], rtol=0.1)


def test_replicates_are_drawn_with_all_their_gaps():
    """Gaps that all scatter by one factor per replicate have one slope, whichever replicates are drawn."""
    factors = np.exp(np.random.default_rng(0).normal(size=10))[:, None]
    slopes, levels, _ = power_laws(resampled_means(factors * np.array([0.3, 0.1, 0.03, 0.01]), 0), np.array(SIZES))
    assert slopes.shape == (1001,)
    np.testing.assert_allclose(slopes, slopes[0])
    assert levels.std() > 0.1
    gaps = np.random.default_rng(1).random((20, 2))  # the bootstrap's standard error is that of a mean
    np.testing.assert_allclose(resampled_means(gaps, 0)[1:].std(0), gaps.std(0) / np.sqrt(20), rtol=0.1)
    np.testing.assert_allclose(resampled_means(gaps, 0)[0], gaps.mean(0))


def test_intervals_hold_95_in_100():
    values = np.concatenate([[50.0], np.random.default_rng(0).permutation(1000)])
    interval = with_interval("x", values)
    assert interval["x"] == 50
    assert (interval["x_low"], interval["x_high"]) == (pytest.approx(25, abs=1), pytest.approx(974, abs=1))


def test_each_learner_and_scale_has_a_law_of_its_own():
    slopes = {("net", 0.5): 0.4, ("net", 1.0): 0.5, ("wide", 0.5): 0.6, ("wide", 1.0): 0.7}
    laws = [
        scores(lambda n, slope=slope: n**-slope, sd=0).assign(learner=name, scale=scale)
        for (name, scale), slope in slopes.items()
    ]
    table = pd.concat(laws, ignore_index=True)
    table = planned(table, summary_of(table), pd.concat([OPTIMUM, OPTIMUM.assign(scale=1.0, plugin_constant=0.9)]), 0)
    found = table.groupby(["learner", "scale"])["slope"].first()
    assert found.to_dict() == pytest.approx(slopes)
    assert table.query("gap == 0.001")["theory_n"].tolist() == pytest.approx([60, 900] * 2)


def test_far_beyond_the_grid_the_law_says_nothing():
    table = plan_of(scores(lambda n: 0.03 * n**-0.5))
    assert table["fitted_n"].notna().tolist() == [True, True, True]
    table = plan_of(scores(lambda n: 0.003 * n**-0.5))
    assert table["fitted_n"].notna().tolist() == [False, False, True]  # 0.09, 0.36 and 9 draws
    for least, there in ((0.97, False), (1.03, True)):  # a tenth of the smallest n, and ten times the largest
        assert plan_of(scores(lambda n, at=least: 0.01 * (n / at) ** -0.5, sd=0))["fitted_n"].notna()[0] == there
        law = plan_of(scores(lambda n, at=least: 0.001 * (n / 1e5 * at) ** -0.5, sd=0))
        assert law["fitted_n"].notna()[2] == there


def test_the_sampled_gap_stands_in_where_there_is_no_exact_one():
    table = scores(lambda n: 0.3 * n**-0.5)
    sampled = table.rename(columns={"exact_gap": "gap"})
    pd.testing.assert_frame_equal(plan_of(sampled), plan_of(table))


def test_cells_that_diverged_have_no_part_in_a_power_law():
    def gap(n: int) -> np.ndarray:
        return np.where(np.arange(20) == 7, np.nan, 9.0) if n == 100 else 0.3 * n**-0.5 * np.ones(20)

    table = plan_of(scores(gap, sd=0))
    assert (table["fitted_n"] == plan_of(scores(gap, sd=0).query("n != 100"))["fitted_n"]).all()
    np.testing.assert_allclose(table[["slope", "slope_low", "slope_high"]], 0.5)
    assert table["needed"].tolist() == ["1000", "10000", "> 10000"]


def test_where_the_largest_n_diverged_no_n_is_said_to_be_needed():
    one = plan_of(scores(lambda n: np.where((n == 10_000) & (np.arange(20) == 7), np.nan, 0.01 / n), sd=0))
    every = plan_of(scores(lambda n: np.nan))
    assert one["needed"].isna().all()
    assert one["fitted_n"].notna().any()
    assert every[["needed", "fitted_n", "fitted_n_low", "slope", "misfit"]].isna().all(axis=None)
    assert every["theory_n"].notna().any()


def test_one_replicate_has_no_limit_and_so_no_needed_n():
    table = plan_of(scores(lambda n: 0.3 * n**-0.5, replicates=1))
    assert (table["needed"] == "> 10000").all()
    assert (table["fitted_n_low"] == table["fitted_n_high"]).all()
