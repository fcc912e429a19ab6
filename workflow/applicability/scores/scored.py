"""The files of a cell that was tested: scores.csv, a row per replicate, and curves.npz beside it.

Used by the stages test and assess. May import learners, tasks, storage, study, logits and errors.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from applicability.errors import InputError
from applicability.learners.predictor import Predictor
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import judge
from applicability.storage import tables
from applicability.storage.arrays import read_arrays, write_arrays
from applicability.study.cell import Cell
from applicability.tasks.observed import view_of
from applicability.tasks.truth import Truth


def read_draws(samples: Path, test_samples: Path) -> tuple[Cell, np.ndarray, np.ndarray]:
    """A cell, its training draws and the test draws of its scale, as simulate wrote them.

    Raises InputError where the two are of different cells.
    """
    cell, training = read_arrays(samples, "train")
    tested, draws = read_arrays(test_samples, "test")
    if tested != cell.of_tests():
        raise InputError(f"{test_samples}: expected the test draws of {samples}, found those of another cell")
    return cell, training, draws


def write_scores(
    rules: Predictor, cell: Cell, training: np.ndarray, draws: np.ndarray, cost: pd.DataFrame, scores: Path, place: str
) -> None:
    """Test the R rules of a cell, and write scores and curves.

    rules, cell, training, draws: as :func:`judge` takes them. cost: a row per replicate, of keys and cost.
    scores: the table to write; keys, scores, cost and the place of the test. curves.npz is written beside it.
    """
    judged = judge(rules, cell, training, draws)
    table = tables.of_replicates(cost["learner"].iloc[0], cell, **judged.scores).merge(cost, on=tables.KEYS)
    curves = curves_of(judged.rules, judged.logits, Truth.of_cell(cell), draws, view_of(cell))
    write_arrays(Path(scores).with_name("curves.npz"), cell, **curves)
    tables.write(table.assign(test_device=place), scores)
