"""Learners against a baseline: differences on the same draws, counted, from the best to the worst."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from applicability.stages.compare import compare, differences_to
from applicability.storage import tables
from conftest import COST, make_cell
from readable import draw

LUCK = np.random.default_rng(0).normal(size=(2, 20))  # of each cell and replicate, the same for every learner
SHIFTS = {"base": 0.0, "help": -0.02, "harm": 0.03, "same": 0.0}


def scores() -> pd.DataFrame:
    """Gaps of four learners, in no order, that differ from each other by far less than replicates do."""
    rng = np.random.default_rng(1)
    parts = []
    for (learner, shift), (n, luck) in product(SHIFTS.items(), zip((10, 100), LUCK, strict=True)):
        gaps = luck + shift + rng.normal(0, 0.001, 20)
        parts.append(tables.of_replicates(learner, make_cell(n=n, replicates=20), gap=gaps, **COST))
    return pd.concat(parts).sample(frac=1, random_state=0, ignore_index=True)


def test_differences_are_paired_and_sorted_within_each_cell(tmp_path):
    tables.write(scores(), tmp_path / "scores.csv")
    compare(tmp_path / "scores.csv", "base", tmp_path / "differences.csv")
    table = tables.read(tmp_path / "differences.csv")
    assert table["learner"].tolist() == ["help", "same", "harm"] * 2
    assert table["n"].tolist() == [10] * 3 + [100] * 3
    assert set(table["baseline"]) == {"base"}
    for row in table.itertuples():
        assert row.difference_mean == pytest.approx(SHIFTS[row.learner], abs=0.002)
        assert row.shown == {"help": -1, "harm": 1, "same": 0}[row.learner]
    at_10 = scores().query("n == 10").pivot(index="replicate", columns="learner", values="gap")
    one, base = at_10["same"], at_10["base"]
    row = table.query("learner == 'same' and n == 10").iloc[0]
    quartiles = [row[f"difference_{part}"] for part in ("q25", "median", "q75")]
    assert quartiles == pytest.approx(list(np.quantile(one - base, [0.25, 0.5, 0.75])))
    assert (row["better"], row["worse"]) == ((one < base).sum(), (one > base).sum())


def test_a_difference_is_shown_by_15_of_20():
    """Equal gaps are neither better nor worse, and count against both."""
    for better, worse, expected in ((15, 5, -1), (14, 0, 0), (5, 15, 1), (3, 14, 0)):
        signs = np.repeat([-1, 0, 1], [better, 20 - better - worse, worse])
        table = scores().query("n == 10 and learner in ('base', 'help')").sort_values(["learner", "replicate"])
        table["gap"] = [*np.zeros(20), *signs * 0.01]
        [row] = differences_to("base", table).itertuples()
        assert (row.better, row.worse, row.shown) == (better, worse, expected)


def test_where_the_baseline_diverged_there_is_no_difference():
    """Nor where the other did: test_diverged.py."""
    long = scores()
    spoilt = (long["learner"] == "base") & (long["n"] == 10) & (long["replicate"] == 3)
    long.loc[spoilt, ["gap", "diverged"]] = np.nan, True
    table = differences_to("base", long.astype({"diverged": bool}))
    assert table["diverged"].tolist() == [1] * 3 + [0] * 3
    assert table["difference_mean"].isna().tolist() == [True] * 3 + [False] * 3


@pytest.mark.usefixtures("styled")
@pytest.mark.parametrize("shift", [-0.7, 0.0004])
def test_one_replicate_shows_nothing_and_is_drawn_all_the_same(shift):
    table = scores().query("replicate == 0")
    table.loc[table["learner"] == "help", "gap"] = table.loc[table["learner"] == "base", "gap"].to_numpy() + shift
    table = differences_to("base", table)
    assert (table["shown"] == 0).all()
    for axes in draw("differences", table).axes:
        low, high = axes.get_xlim()
        marks = [line for line in axes.lines if line.get_marker() == "o"]
        assert all(low < float(mark.get_xdata()[0]) < high for mark in marks)
        assert {mark.get_color() for mark in marks} == {"0.6"}
        assert len([tick for tick in axes.get_xticks() if low <= tick <= high]) >= 3
