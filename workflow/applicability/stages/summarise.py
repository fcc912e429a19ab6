"""Stage summarise: statistics, shortfalls and verdicts over the replicates of each cell."""

from pathlib import Path

from applicability.scores.evidence import gaps_of
from applicability.scores.replicates import summary_of
from applicability.scores.shortfall import with_shortfall
from applicability.scores.verdict import with_verdicts
from applicability.storage import tables
from applicability.study.learner import Learner


def summarise(scores: Path, summary: Path, learners: list[str], tolerance: str = "0.005") -> None:
    """Write the summary of a study, a row per learner and cell.

    scores: the table of the study's scores.
    summary: the table to write; its columns are those of :func:`summary_of`, :func:`with_shortfall` and
        :func:`with_verdicts`.
    learners: each :class:`applicability.study.learner.Learner` of the study as JSON.
    tolerance: the gap that is good enough, in accuracy.
    """
    known = {learner.name: learner for learner in map(Learner.parse, learners)}
    scores = tables.read(scores, *tables.KEYS, "diverged", "steps", *tables.DEVICES)
    gaps = gaps_of(scores)
    table = with_shortfall(summary_of(scores), gaps)
    tables.write(with_verdicts(table, gaps, known, float(tolerance)), summary)
