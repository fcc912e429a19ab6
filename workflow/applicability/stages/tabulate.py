"""Stage tabulate: a learner's mean accuracies, a row per scale, a column per n."""

from pathlib import Path

from applicability.storage import tables
from applicability.storage.tables import grid_of


def tabulate(summary: Path, learner: str, table: Path) -> None:
    """Write a learner's mean accuracies as the heatmap shows them: a row per scale, a column per n."""
    summary = tables.read(summary, "learner", "scale", "n", "accuracy_mean")
    tables.write(grid_of(summary, learner, "accuracy_mean"), table, index=True)
