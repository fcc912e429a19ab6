"""Sample sizes: the smallest that is shown to do, censored where none is, and power laws that are known."""

import numpy as np
import pandas as pd
import pytest
from applicability.stages.plan import needed, plan, planned, power_law
from applicability.storage import tables
from conftest import COST, make_cell

SIZES = [10, 30, 100, 300, 1000, 3000, 10_000]
OPTIMUM = pd.DataFrame({"scale": [0.5], "plugin_constant": [0.06], "plugin_from": [0.06 / 0.005]})


def scores(gap, replicates: int = 10, sizes: list[int] = SIZES) -> pd.DataFrame:
    """Scores of one learner at scale 0.5 whose gaps are `gap(n)`, a number or one for each replicate."""
    parts = []
    for n in sizes:
        cell, gaps = make_cell(scale=0.5, n=n, replicates=replicates), gap(n) * np.ones(replicates)
        parts.append(tables.of_replicates("net", cell, exact_gap=gaps, **COST | {"diverged": np.isnan(gaps)}))
    return pd.concat(parts, ignore_index=True)


def plan_of(gap, **options) -> pd.DataFrame:
    return planned(scores(gap, **options), OPTIMUM)


def test_the_smallest_n_from_which_on_all_suffice():
    cases = {"0011": "100", "0101": "1000", "0001": "1000", "1110": "> 1000", "1111": "10", "0000": "> 1000"}
    for suffices, expected in cases.items():
        assert needed(np.array([10, 30, 100, 1000]), np.array([each == "1" for each in suffices])) == expected


def test_an_n_is_needed_until_half_of_the_trainings_are_shown_to_be_within():
    """9 of 10 show it, 8 do not, whatever the mean: one training in ten may be as bad as it likes."""

    def gap(n: int) -> np.ndarray:
        misses = {10: 3, 30: 2, 100: 1}.get(n, 0)
        return np.where(np.arange(10) < misses, 0.4, 0.004)

    assert plan_of(gap)["needed"].tolist() == ["100", "100", "> 10000"]


def test_few_replicates_show_nothing_and_a_training_that_diverged_is_within_no_gap():
    for replicates, expected in ((4, [True] * 3), (5, [False] * 3)):
        assert plan_of(lambda n: 0.0, replicates=replicates)["needed"].eq("").tolist() == expected
    one, two = (plan_of(lambda n, gone=gone: np.where(np.arange(10) < gone, np.nan, 0.0)) for gone in (1, 2))
    assert one["needed"].tolist() == ["10"] * 3
    assert two["needed"].tolist() == ["> 10000"] * 3
    assert (two["unfitted"] == "fewer than 5 sizes").all()


def test_a_power_law_is_found_again_through_the_limit_of_the_median():
    """Replicates differ by factors: the ninth of ten decides, as it decides `needed`."""
    factors = np.array([1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 9])
    table = plan_of(lambda n: 0.3 * n**-0.5 * factors)
    assert table["gap"].tolist() == [0.01, 0.005, 0.001]
    np.testing.assert_allclose(table["slope"], 0.5)
    np.testing.assert_allclose(table["fitted_n"], [900, 3600, np.nan])
    assert table["needed"].tolist() == ["1000", "10000", "> 10000"]
    assert table["unfitted"].tolist() == ["", "", "beyond the grid"]
    np.testing.assert_allclose(table["theory_n"], [np.nan, 12, 60])
    np.testing.assert_allclose(table["misfit"], 0, atol=1e-9)


def test_where_the_gaps_follow_no_law_there_is_no_fitted_n():
    for gap in (lambda n: 0.5 if n <= 100 else 1e-4, lambda n: 0.01 * n**0.1, lambda n: 0.02 + 0 * n):
        table = plan_of(gap)
        assert table["fitted_n"].isna().all()
        assert set(table["unfitted"]) == {"no power law"}
    assert (plan_of(lambda n: 0.5 if n <= 100 else 1e-4)["misfit"] > np.log(2)).all()


@pytest.mark.parametrize(("sizes", "why"), [(SIZES[:4], "fewer than 5 sizes"), (SIZES[:5], "")])
def test_a_law_takes_five_sizes(sizes, why):
    assert plan_of(lambda n: 0.1 / n**0.5, sizes=sizes)["unfitted"].tolist()[:2] == [why, why]
    assert plan_of(lambda n: 0.0 if n in sizes else 0.1 / n**0.5)["unfitted"].tolist()[0] == "fewer than 5 sizes"


def test_a_law_leads_a_factor_of_two_beyond_the_grid_at_most():
    for at, there in ((4.9, False), (5.1, True)):
        assert plan_of(lambda n, at=at: 0.01 * (n / at) ** -0.5)["fitted_n"].notna()[0] == there
    for at, there in ((20_100, False), (19_900, True)):
        assert plan_of(lambda n, at=at: 0.001 * (n / at) ** -0.5)["fitted_n"].notna()[2] == there


def test_where_the_law_and_the_table_disagree_the_table_is_right():
    """Gaps 1/√n but for one: n = 100 fails though the law is within from 64 on; n = 30 suffices though it is not."""
    fails = plan_of(lambda n: 0.02 if n == 100 else 0.08 * n**-0.5)
    assert fails["needed"].tolist()[0] == "300"
    assert fails["unfitted"].tolist()[0] == "against the table"
    suffices = plan_of(lambda n: 0.009 if n == 30 else 0.08 * n**-0.5)
    assert suffices["needed"].tolist()[0] == "30"
    assert suffices["unfitted"].tolist()[0] == "against the table"
    assert pd.isna(suffices["fitted_n"].tolist()[0])


def test_gaps_that_are_not_positive_are_left_out():
    sizes = np.array([1, 10, 100, 1000, 10_000, 100_000])
    slope, level, misfit = power_law(np.array([3, 0.3, 0.03, 0, 0.0003, 0.00003]), sizes)
    assert (slope, level, misfit) == pytest.approx((1, np.log(3), 0), abs=1e-9)
    slope, _, misfit = power_law(np.array([3, 3, 3, 3 * np.e, 3, np.nan]), sizes)
    assert misfit == pytest.approx(np.sqrt(0.16 - (0.1 * np.log(10)) ** 2 * 2 / np.log(10) ** 2), abs=1e-9)
    assert np.isnan(power_law(np.array([1, 1, 1, 1, -1, np.nan]), sizes)).all()


def test_each_learner_and_scale_has_a_law_of_its_own(tmp_path):
    slopes = {("net", 0.5): 0.4, ("net", 1.0): 0.5, ("wide", 0.5): 0.6, ("wide", 1.0): 0.7}
    laws = [scores(lambda n, slope=slope: n**-slope) for slope in slopes.values()]
    table = pd.concat(law.assign(learner=name, scale=scale) for law, (name, scale) in zip(laws, slopes, strict=True))
    tables.write(table, tmp_path / "scores.csv")
    tables.write(pd.concat([OPTIMUM, OPTIMUM.assign(scale=1.0, plugin_constant=0.9)]), tmp_path / "optimum.csv")
    plan(tmp_path / "scores.csv", tmp_path / "optimum.csv", tmp_path / "planning.csv")
    found = tables.read(tmp_path / "planning.csv")
    assert found.groupby(["learner", "scale"])["slope"].first().to_dict() == pytest.approx(slopes)
    assert found.query("gap == 0.001")["theory_n"].tolist() == pytest.approx([60, 900] * 2)
