"""The verdict, case by case, in a summary."""

import pandas as pd
import pytest
from applicability.scores.verdict import VERDICTS, with_verdicts

NAN = float("nan")
# accuracy, optimum, another learner's accuracy, the plug-in rule's -> verdict, reached_by; target 0.9, tolerance 0.01
CASES = [
    (0.95, 0.96, 0.50, 0.50, "reached", "net"),
    (0.89, 0.96, 0.50, NAN, "reached", "net"),  # within the tolerance
    (0.891, 0.895, 0.50, 0.90, "reached", "net plug-in"),  # within the tolerance, as the optimum is
    (0.95, 0.70, 0.96, 0.95, "reached", "net a-net plug-in"),  # by luck in the draws: more than the optimum
    (0.889, 0.8899, 0.50, 0.50, "overlap", ""),
    (0.50, 0.70, 0.95, 0.50, "overlap", "a-net"),
    (0.889, 0.895, 0.50, 0.50, "data", ""),
    (0.60, 0.96, 0.70, 0.8899, "data", ""),
    (0.60, 0.89, NAN, 0.88, "data", ""),
    (0.50, 0.895, 0.893, 0.50, "training", "a-net"),  # all are asked for the same
    (0.60, 0.96, 0.50, 0.89, "training", "plug-in"),
    (0.60, 0.96, 0.95, NAN, "training", "a-net"),
    (NAN, 0.96, 0.50, 0.50, "diverged", ""),
    (NAN, 0.96, 0.95, 0.95, "diverged", "a-net plug-in"),
    (NAN, 0.70, 0.50, 0.50, "diverged", ""),
]


@pytest.mark.parametrize("exact", [True, False])
def test_every_case(exact):
    """Each case is a cell of one summary, two cells a scale; a grid's learners stand one below the other."""
    rows = [
        {
            "learner": learner,
            "scale": place // 2,
            "n": place % 2,
            "accuracy_mean": 0.5 if exact else own,  # of test draws: beside an exact one, it does not count
            "bayes_accuracy_mean": 0.5 if exact else optimum,
            "plugin_accuracy_mean": plugin,
        }
        | ({"exact_accuracy_mean": own, "exact_bayes_accuracy_mean": optimum} if exact else {})
        for learner, accuracy in (("net", 0), ("a-net", 2))
        for place, (*found, plugin, _, _) in enumerate(CASES)
        for own, optimum in [(found[accuracy], found[1])]
    ]
    table = with_verdicts(pd.DataFrame(rows), 0.9, 0.01)
    verdicts = [verdict for *_, verdict, _ in CASES]
    assert table["verdict"].tolist()[: len(CASES)] == verdicts
    assert table["reached_by"].tolist() == [names for *_, names in CASES] * 2
    assert set(verdicts) == set(VERDICTS)
