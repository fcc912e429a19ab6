"""Stage summarise: means, intervals and verdicts over the replicates of each cell."""

from pathlib import Path

from applicability.scores.replicates import summary_of
from applicability.scores.verdict import with_verdicts
from applicability.storage import tables


def summarise(scores: Path, summary: Path, target_accuracy: str = "0.95", tolerance: str = "0.005") -> None:
    """Write means over replicates and verdicts, a row per learner and cell.

    scores: the table of a study's scores.
    summary: the table to write; its columns are those of :func:`summary_of` and :func:`with_verdicts`.
    target_accuracy, tolerance: a learner reaches the target from target_accuracy − tolerance on.
    """
    table = summary_of(tables.read(scores, *tables.KEYS, "diverged", "steps", "plugin_accuracy", *tables.DEVICES))
    tables.write(with_verdicts(table, float(target_accuracy), float(tolerance)), summary)
