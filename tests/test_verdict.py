"""The verdict, case by case, and in a summary."""

import numpy as np
import pandas as pd
import pytest
from applicability.scores.verdict import VERDICTS, verdict, with_verdicts
from hypothesis import given
from hypothesis import strategies as st

NAN = float("nan")
SHARE = st.floats(0, 1)

# accuracy, optimum, others -> verdict; target 0.9, tolerance 0.01
CASES = [
    (0.95, 0.96, [], "reached"),
    (0.89, 0.96, [], "reached"),  # within the tolerance
    (0.889, 0.8899, [0.5], "overlap"),
    (0.889, 0.895, [0.5], "data"),
    (0.891, 0.895, [], "reached"),  # within the tolerance, as the optimum is
    (0.50, 0.70, [0.70], "overlap"),
    (0.50, 0.895, [0.893], "training"),  # all are asked for the same
    (0.60, 0.96, [0.95], "training"),
    (0.60, 0.96, [0.5, 0.89], "training"),
    (0.60, 0.96, [], "data"),
    (0.60, 0.96, [0.7, 0.88], "data"),
    (0.60, 0.96, [NAN, 0.88], "data"),
    (NAN, 0.96, [], "diverged"),
    (NAN, 0.96, [0.95], "diverged"),
    (NAN, 0.70, [], "diverged"),
]


@pytest.mark.parametrize(("accuracy", "optimum", "others", "expected"), CASES)
def test_every_case(accuracy, optimum, others, expected):
    assert verdict(accuracy, optimum, others, target=0.9, tolerance=0.01) == expected


@given(SHARE, SHARE, st.lists(SHARE, max_size=3), SHARE, st.floats(0, 0.5))
def test_what_a_verdict_means(accuracy, optimum, others, target, tolerance):
    given = verdict(accuracy, optimum, others, target, tolerance)
    reaches = [each >= target - tolerance for each in (accuracy, *others)]
    assert given in VERDICTS
    assert (given == "reached") == reaches[0]
    assert given != "overlap" or optimum < target - tolerance
    assert given != "training" or any(reaches[1:])
    assert given != "data" or not any(reaches)


def summary(exact: bool = True) -> pd.DataFrame:
    """Two learners in two cells: at n = 10 only `long` reaches 0.9, at n = 100 both do."""
    prefix = "exact_" if exact else ""
    return pd.DataFrame(
        {
            "learner": ["short", "short", "long", "long"],
            "scale": [0.2] * 4,
            "n": [10, 100, 10, 100],
            f"{prefix}accuracy_mean": [0.5, 0.95, 0.92, 0.96],
            f"{prefix}bayes_accuracy_mean": [0.97] * 4,
            "plugin_accuracy_mean": [0.8, 0.96, 0.8, 0.96],
        }
    )


@pytest.mark.parametrize("exact", [True, False])
def test_a_summary_gets_verdicts_and_their_evidence(exact):
    table = with_verdicts(summary(exact), 0.9, 0.01)
    assert table["verdict"].tolist() == ["training", "reached", "reached", "reached"]
    assert table["reached_by"].tolist() == ["long", "short long plug-in"] * 2


def test_a_harder_target_changes_the_verdicts():
    assert with_verdicts(summary(), 0.965, 0.0)["verdict"].tolist() == ["data"] * 4
    assert with_verdicts(summary(), 0.955, 0.01)["reached_by"].tolist() == ["", "short long plug-in"] * 2
    assert with_verdicts(summary(), 0.98, 0.0)["verdict"].tolist() == ["overlap"] * 4
    assert (with_verdicts(summary(), 0.98, 0.0)["reached_by"] == "").all()


def test_the_plug_in_rule_alone_is_evidence():
    table = summary().assign(exact_accuracy_mean=[0.5, NAN, 0.6, 0.7])
    assert with_verdicts(table, 0.95, 0.0)["verdict"].tolist() == ["data", "diverged", "data", "training"]
    assert np.isnan(table.loc[1, "exact_accuracy_mean"])
