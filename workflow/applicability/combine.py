"""Stage combine: the scores of all cells as one table."""

from itertools import product
from pathlib import Path

import pandas as pd

from applicability import tables
from applicability.errors import InputError
from applicability.study import Grid


def combine(cells: list[Path], grid: str, scores: Path) -> None:
    """Concatenate the cells' scores, once they hold exactly the grid's keys.

    cells: the scores of every cell and learner. grid: :class:`applicability.study.Grid` as JSON. Raises InputError
    where a row is missing, strange or there twice.
    """
    table = pd.concat([tables.read(path) for path in cells], ignore_index=True)
    tables.write(sorted_to(Grid.parse(grid), table), scores)


def sorted_to(grid: Grid, table: pd.DataFrame) -> pd.DataFrame:
    """The table's rows in the order of the grid's keys; InputError where these are not the table's."""
    axes = [[grid.study], grid.learners, grid.scales, grid.sample_sizes, range(grid.replicates)]
    expected = list(product(*axes))
    found = list(table[tables.KEYS].itertuples(index=False, name=None))
    if sorted(found) != sorted(expected):
        odd = sorted(set(found) ^ set(expected)) or sorted(key for key in set(found) if found.count(key) > 1)
        raise InputError(
            f"scores of study {grid.study}: expected each of {len(expected)} keys once, found {len(found)} rows; "
            f"the first that is wrong: {dict(zip(tables.KEYS, odd[0], strict=True))}"
        )
    return table.set_index(tables.KEYS).loc[expected].reset_index()
