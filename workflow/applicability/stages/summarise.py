"""Stage summarise: what the replicates of a cell say together."""

from pathlib import Path

from applicability.scores.replicates import summary_of
from applicability.scores.verdict import with_verdicts
from applicability.storage import tables


def summarise(scores: Path, summary: Path, target_accuracy: str = "0.95", tolerance: str = "0.005") -> None:
    """Write a row per learner and cell from a study's scores: see :func:`summary_of` and :func:`with_verdicts`."""
    table = summary_of(tables.read(scores, *tables.KEYS, "diverged", "steps", "plugin_accuracy"))
    tables.write(with_verdicts(table, float(target_accuracy), float(tolerance)), summary)
