"""The verdict: for each word a case where it is right, and where it would be wrong."""

import numpy as np
import pandas as pd
import pytest
from applicability.scores.evidence import gaps_of
from applicability.scores.replicates import summary_of
from applicability.scores.verdict import VERDICTS, is_better, with_verdicts
from applicability.storage import tables
from conftest import COST, TASKS, make_cell, make_learner
from studies import by_stages, make_study

TEN = np.ones(10)
FEW = np.where(np.arange(10) < 4, 0.001, 0.09)  # four of ten are within the tolerance, by luck
LEARNERS = {"net": {"hidden": [8]}, "longer": {"hidden": [8], "steps": 99}}
LEARNERS |= {"tanh": {"hidden": [8], "activation": "tanh"}, "linear": {"hidden": [], "activation": "tanh"}}


def given(gaps: dict, steps: dict | None = None) -> list[tuple[str, str]]:
    """Verdicts on the learner `net`, and who shows it, at each n.

    gaps: of each learner, and of `plugin`, its gaps at each n in turn. steps: of net at each n; without it the same.
    """
    sizes = [10, 30, 300][: len(gaps["net"])]
    rules = gaps.get("plugin", [0.5 * TEN] * len(sizes))
    parts = []
    for learner in gaps.keys() - {"plugin"}:
        for n, found, rule in zip(sizes, gaps[learner], rules, strict=True):
            cell, known = make_cell(n=n, replicates=len(found)), {"exact_gap": found, "gap": 0.0, "plugin_gap": rule}
            took = COST | {"diverged": np.isnan(found), "steps": (steps or {}).get(n, 7)}
            parts.append(tables.of_replicates(learner, cell, **known, **took))
    scores = pd.concat(parts, ignore_index=True)
    learners = {name: make_learner(name=name, **options) for name, options in LEARNERS.items() if name in gaps}
    table = with_verdicts(summary_of(scores), gaps_of(scores), learners, tolerance=0.01)
    rows = table[table["learner"] == "net"]
    assert rows["within"].tolist() == [(found <= 0.01).sum() for found in gaps["net"]]
    return list(zip(rows["verdict"], rows["shown_by"], strict=True))


NAN, BAD, GOOD = np.nan * TEN, 0.09 * TEN, 0.001 * TEN
ONE = np.arange(10) == 0
NOTHING = "unexplained", ""
CASES = {
    "all are within": ({"net": [GOOD]}, ("good", "")),
    "nine of ten": ({"net": [np.where(np.arange(10) < 9, 0.01, 0.4)]}, ("good", "")),
    "eight of ten do not show a half": ({"net": [np.where(np.arange(10) < 8, 0.01, 0.4)]}, NOTHING),
    "of four not even all do": ({"net": [GOOD[:4]], "plugin": [BAD[:4]]}, NOTHING),
    "one diverged, nine are within": ({"net": [np.where(np.arange(10) < 9, 0.01, np.nan)]}, ("good", "")),
    "one diverged": ({"net": [np.where(np.arange(10) < 9, 0.09, np.nan)], "longer": [GOOD]}, ("diverged", "")),
    "longer is better": ({"net": [BAD], "longer": [GOOD]}, ("training", "longer")),
    "longer has half": ({"net": [BAD], "longer": [BAD / 2]}, ("training", "longer")),
    "longer has less than half": ({"net": [BAD], "longer": [BAD * 0.51]}, NOTHING),
    "longer is better by luck, as often worse": ({"net": [FEW], "longer": [FEW[::-1]]}, NOTHING),
    "of those that miss, all": ({"net": [FEW], "longer": [GOOD]}, ("training", "longer")),
    "half, by one replicate": ({"net": [np.where(ONE, 0.9, 0.02)], "longer": [0.019 * TEN]}, NOTHING),
    "another activation is another network": ({"net": [BAD], "tanh": [GOOD]}, ("model", "tanh")),
    "a rule": ({"net": [BAD], "plugin": [GOOD]}, ("model", "plug-in")),
    "the better of two": ({"net": [BAD], "tanh": [BAD / 3], "linear": [GOOD]}, ("model", "linear")),
    "training, though a model has more": ({"net": [BAD], "longer": [BAD / 3], "tanh": [GOOD]}, ("training", "longer")),
    "a learner that diverged shows nothing": ({"net": [BAD], "longer": [np.where(ONE, np.nan, 0.001)]}, NOTHING),
    "more draws": ({"net": [BAD, BAD / 4, GOOD]}, ("data", "n = 300")),
    "more draws have half": ({"net": [BAD, BAD * 0.9, BAD / 2]}, ("data", "n = 300")),
    "more draws have less": ({"net": [BAD, BAD * 0.9, BAD * 0.51]}, NOTHING),
    "more draws for some": ({"net": [FEW, GOOD]}, ("data", "n = 30")),
    "the largest n, of three times": ({"net": [BAD, BAD / 2.01]}, ("data", "n = 30")),
    "another learner rather than draws": ({"net": [BAD, GOOD], "longer": [GOOD, GOOD]}, ("training", "longer")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_case(case):
    gaps, expected = CASES[case]
    assert given(gaps)[0] == expected
    assert expected[0] in VERDICTS


def test_at_the_largest_n_what_is_left_must_be_the_draws_by_a_law_of_1_over_n():
    """From n = 10 to 30 a gap a + b/n falls by two thirds of b/10: half of it is b's from a factor 2 on."""
    assert given({"net": [BAD * 2.01, BAD]})[1] == ("data", "n = 10")
    assert given({"net": [BAD * 1.99, BAD]})[1] == ("unexplained", "")
    assert given({"net": [BAD]})[0] == ("unexplained", "")  # nothing to compare with
    assert given({"net": [NAN, BAD]})[1] == ("unexplained", "")


def test_more_draws_tell_nothing_where_they_were_trained_longer():
    """Epochs: 3, 7 and 7 steps. What the second n has less than the first is as well the steps'."""
    steps = {10: 3, 30: 7, 300: 7}
    found = given({"net": [BAD, BAD, GOOD]}, steps)
    assert found == [("unexplained", ""), ("data", "n = 300"), ("good", "")]
    assert given({"net": [BAD, GOOD]}, steps)[0] == ("unexplained", "")


def test_learners_of_equal_luck_hardly_ever_explain_each_other():
    """Sixteen networks of one distribution of gaps, skewed as they are: any of them explains one in 5 % at most."""
    rng = np.random.default_rng(0)
    for replicates in (10, 30):
        luck = rng.exponential(0.02, (500, 16, replicates)) ** 1.5
        found = [any(is_better(other, one[0], 0.005, 15) for other in one[1:]) for one in luck]
        assert np.mean(found) < 0.05
    luck[:, 0] *= 6  # what is real is seen, by thirty replicates
    assert np.mean([any(is_better(other, one[0], 0.005, 15) for other in one[1:]) for one in luck]) > 0.8


def test_a_linear_network_on_groups_of_one_mean_fails_for_its_form(tmp_path):
    """N(0, 1) against N(0, 9): more draws never help it. Only another network can show that it is the form."""
    usual = {"optimiser": {"adam": {"lr": 0.05}}}
    linear = make_learner(name="linear", hidden=[], steps=100, **usual)
    nets = [make_learner(name=f"net-{steps}", hidden=[16], steps=steps, **usual) for steps in (2, 400)]
    grid = {"task": TASKS[1], "scales": [1.0], "sample_sizes": [10, 1000], "replicates": 10, "tolerance": 0.01}
    found = []
    for learners in ([linear], [linear, *nets]):
        folder = tmp_path / f"{len(learners)}"
        by_stages(make_study(learners={each.name: each for each in learners}, **grid), folder)
        found.append(tables.read(folder / "summary.csv").fillna({"shown_by": ""}).set_index(["learner", "n"]))
        assert found[-1].loc[("linear", 1000), "shortfall_overlap"] == pytest.approx(1 - 0.742, abs=1e-3)
        assert found[-1].loc[("linear", 1000), "exact_accuracy_mean"] < 0.55
    alone, among = (table[["verdict", "shown_by"]].apply(tuple, axis=1) for table in found)
    assert alone.tolist() == [NOTHING] * 2
    assert among[("linear", 1000)] == ("model", "net-400")
    assert among[("net-2", 1000)] == ("training", "net-400")
    assert among[("net-400", 10)] == ("data", "n = 1000")
    assert among[("net-400", 1000)] == ("good", "")


def test_a_learner_that_stops_early_is_never_said_to_lack_draws(monkeypatch):
    """Other draws take other steps, also where medians are equal."""
    gaps = {"net": [BAD, GOOD, GOOD]}
    assert given(gaps)[0] == ("data", "n = 300")
    monkeypatch.setitem(LEARNERS, "net", {"hidden": [8], "epochs": 9, "patience": 2, "validation": 0.1})
    assert given(gaps)[0] == NOTHING
