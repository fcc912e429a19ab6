"""What counts show: limits that cover, whatever is counted; and the shortfall, split without rest."""

import numpy as np
import pandas as pd
import pytest
from applicability.scores.evidence import counted, gaps_of, least_count, lower_limit, median_limit, shows_half
from applicability.scores.replicates import summary_of
from applicability.scores.shortfall import of_the_best, with_shortfall
from applicability.storage import tables
from conftest import COST, make_cell
from scipy.stats import binom, binomtest


def test_limits_are_those_of_clopper_and_pearson():
    for total in (1, 5, 10, 30):
        for count in range(total + 1):
            for tests in (1, 4):
                exact = binomtest(count, total, alternative="greater").proportion_ci(1 - 0.05 / tests, "exact").low
                assert lower_limit(count, total, tests) == pytest.approx(exact, abs=1e-12)
    assert lower_limit(0, 0) == 0
    assert counted(7, 10) == "7 of 10, at least 39 %"
    assert counted(10, 10) == "10 of 10, at least 74 %"


def test_a_half_is_shown_by_mistake_in_one_of_twenty_at_most():
    assert [least_count(total) for total in (1, 4, 5, 10, 20, 30)] == [2, 5, 5, 9, 15, 20]
    for total in range(1, 60):
        counts = np.arange(total + 1)
        for share in (0.3, 0.4999):
            assert binom.pmf(counts, total, share)[shows_half(counts, total)].sum() <= 0.05
        assert shows_half(counts, total).any() == (total >= 5)
    assert shows_half(9, 10, 4)
    assert not shows_half(5, 5, 2)


def test_half_of_the_trainings_are_shown_to_be_within_a_gap_where_the_limit_of_the_median_is():
    rng = np.random.default_rng(0)
    for replicates in (3, 5, 10, 20):
        gaps = rng.exponential(size=(50, replicates))
        for gap in (0.5, 1.0, 2.0):
            within = shows_half((gaps <= gap).sum(1), replicates)
            assert ((median_limit(gaps) <= gap) == within).all()
    gaps[:, :6] = np.nan  # diverged: within none
    assert np.isnan(median_limit(gaps)).all()
    assert np.isfinite(median_limit(np.where(np.arange(20) < 5, np.nan, 1.0)[None])).all()


def scores(**gaps) -> pd.DataFrame:
    """Scores of one cell: of each learner its gaps, of `plugin` those of the rule."""
    rule = gaps.pop("plugin")
    cell = make_cell(replicates=len(rule))
    known = {"exact_bayes_accuracy": 0.8, "plugin_gap": rule, "gap": 0.0, **COST}
    table = pd.concat([tables.of_replicates(name, cell, exact_gap=gap, **known) for name, gap in gaps.items()])
    return table.assign(exact_accuracy=0.8 - table["exact_gap"]).reset_index(drop=True)


def test_gaps_are_the_best_known_of_every_learner_and_rule():
    found = gaps_of(scores(net=[0.1, 0.2], wide=[0.3, 0.4], plugin=[0.5, 0.6]))
    assert found.columns.tolist() == ["net", "wide", "plug-in"]
    np.testing.assert_array_equal(found, [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]])


def test_the_shortfall_is_split_without_rest():
    """net: 0.2 beyond the best, which is chosen in the other half; wide is the best, and has no part of its own."""
    table = scores(net=[0.3, 0.3, 0.3, 0.3], wide=[0.1, 0.1, 0.1, 0.1], plugin=[0.2, 0.2, 0.2, 0.2])
    summary = with_shortfall(summary_of(table), gaps_of(table)).set_index("learner")
    found = summary[["shortfall_overlap", "shortfall_data", "shortfall_learner"]]
    np.testing.assert_allclose(found, [[0.2, 0.1, 0.2], [0.2, 0.1, 0.0]], atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=1), 1 - summary["exact_accuracy_mean"])


def test_the_best_is_not_chosen_where_it_is_measured():
    assert of_the_best(np.array([[0.0, 0.9], [0.9, 0.0], [0.0, 0.9], [0.9, 0.0]])) == pytest.approx(0.9)
    luck = np.random.default_rng(0).exponential(size=(4000, 10, 16))  # sixteen rules of one mean, 1
    found = [of_the_best(gaps) for gaps in luck]
    assert np.mean(found) == pytest.approx(1, abs=0.02)
    assert luck.mean(1).min(1).mean() < 0.6  # what the least of the means says
    assert of_the_best(np.array([[0.3, 0.1]])) == 0.1
    assert of_the_best(np.array([[0.3, np.nan], [0.5, 0.0]])) == pytest.approx(0.4)
    assert np.isnan(of_the_best(np.full((3, 2), np.nan)))
