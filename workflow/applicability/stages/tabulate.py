"""Stage tabulate: a learner's mean accuracies as a matrix, scale by n."""

from pathlib import Path

from applicability.storage import tables
from applicability.storage.tables import grid_of


def tabulate(summary: Path, learner: str, table: Path) -> None:
    """Write a learner's mean accuracies on test draws, scale by n."""
    summary = tables.read(summary, "learner", "scale", "n", "accuracy_mean")
    tables.write(grid_of(summary, learner, "accuracy_mean"), table, index=True)
