"""Stage combine: one table of the scores of all cells and learners of a study."""

from itertools import product
from pathlib import Path

import pandas as pd

from applicability.errors import InputError
from applicability.scores.best_known import with_best_known
from applicability.storage import tables
from applicability.study.study import Grid


def combine(cells: list[Path], grid: str, scores: Path) -> None:
    """Concatenate the scores of all cells, in the order of the grid.

    cells: scores.csv of every cell and learner.
    grid: :class:`applicability.study.study.Grid` as JSON, which says what rows there must be.
    scores: the table to write.
    Where the best possible is not known, each row gets the gap to what is best known: :func:`with_best_known`.
    Raises InputError where a row is missing, not of the grid, or there twice.
    """
    table = pd.concat({str(path): tables.read(path, *tables.KEYS) for path in cells})
    table = sorted_to(Grid.parse(grid), table)
    tables.write(table if "bayes_accuracy" in table else with_best_known(table), scores)


def sorted_to(grid: Grid, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table in the order of the grid.

    The first level of the table's index is the file of a row. Raises InputError where keys are not the grid's.
    """
    axes = [[grid.study], grid.learners, grid.scales, grid.sample_sizes, range(grid.replicates)]
    expected = list(product(*axes))
    found = pd.Series(list(table[tables.KEYS].itertuples(index=False, name=None)), index=table.index)
    wrong = found[~found.isin(expected) | found.duplicated(keep=False)]
    if len(wrong) or len(found) < len(expected):
        first = wrong.iloc[0] if len(wrong) else min(set(expected) - set(found))
        where = f" in {', '.join(map(str, wrong.index.get_level_values(0).unique()[:2]))}" if len(wrong) else ""
        raise InputError(
            f"scores of study {grid.study}: expected each of {len(expected)} keys once, found {len(found)} rows; "
            f"the first that is wrong: {dict(zip(tables.KEYS, first, strict=True))}{where}"
        )
    return table.set_index(tables.KEYS).loc[expected].reset_index()
