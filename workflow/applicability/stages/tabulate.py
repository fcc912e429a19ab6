"""Stage tabulate: a learner's mean accuracies as a matrix, scale by n."""

from pathlib import Path

from applicability.storage import tables
from applicability.storage.tables import grid_of, sharpest


def tabulate(summary: Path, learner: str, table: Path) -> None:
    """Write a learner's mean accuracies, scale by n, as the accuracy map shows them."""
    summary = tables.read(summary, "learner", "scale", "n", "accuracy_mean")
    tables.write(grid_of(summary, learner, sharpest(summary, "accuracy_mean")), table, index=True)
