"""Groups of a table: rows of a file of the user's, a group for each value of one of its columns.

    task: {table: {file: data/patients.csv, group: diagnosis, columns: [radius, texture]}}

Densities are not known: what is best possible is bounded (scores.neighbours), and what is best known is the best that a
learner or a reference rule of the study reaches.
Used by tasks. May import study, randomness, logits and errors.
"""

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from applicability.errors import InputError, in_a_line
from applicability.tasks.own import Drawn

ENDINGS = (".csv", ".parquet")

MOST_GROUPS = 6  # as many as the schema allows

SHOWN = 5  # names that a message shows


@dataclass(frozen=True)
class Rows:
    """The rows of a group, x = mean + scale·(row − mean), with the methods that need no density."""

    rows: np.ndarray  # [N, d] in float32
    mean: np.ndarray  # [d], of the group

    @classmethod
    def at_scale(cls, described: dict, scale: float) -> "Rows":
        """The rows of a group that a task describes, at a scale.

        described: as :func:`describe_table` gives it, with the group.
        Raises InputError where the file is not the one that the config was read with.
        """
        file, columns = described["file"], tuple(described["columns"])
        rows = groups_in(file, described["digest"], described["column"], columns)[described["group"]]
        mean = rows.mean(0, dtype=float)
        return cls(rows if scale == 1 else (mean + scale * (rows - mean)).astype(np.float32), mean)

    def marginal(self, coordinate: int) -> Drawn:
        """One coordinate of the rows."""
        return Drawn(self.rows[:, coordinate])

    @property
    def centres(self) -> np.ndarray:
        """The mean, which the scale does not move, [1, d]."""
        return self.mean[None]


@functools.lru_cache(maxsize=1)  # a worker has many cells of one study
def groups_in(file: str, digest: str, column: str, columns: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The rows of each group of a file, [N, d] in float32, by the group's name. Raises InputError if it has changed."""
    if digest_of(file) != digest:
        raise InputError(f"{file}: expected the file that the config was read with; it has changed since")
    table = read_file(file, [column, *columns])
    names = table[column].astype(str)
    return {name: rows[list(columns)].to_numpy(np.float32) for name, rows in table.groupby(names)}


def digest_of(file: str) -> str:
    """The SHA-256 of a file. Raises InputError where it cannot be read."""
    try:
        with open(file, "rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{file}: expected a table, CSV or Parquet; {error.strerror}") from error


def read_file(file: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A table of the user's, all columns or some. Raises InputError where it is none."""
    if not file.lower().endswith(ENDINGS):
        raise InputError(f"{file}: expected a file that ends in {' or '.join(ENDINGS)}")
    try:
        if file.lower().endswith(".csv"):
            return pd.read_csv(file, usecols=columns, low_memory=False)
        from fastparquet import ParquetFile  # not at the top: few need it; and pyarrow would change all texts of pandas

        return ParquetFile(file).to_pandas(columns)
    except Exception as error:  # of pandas, of fastparquet, of decoding
        raise InputError(f"{file}: expected a table; {in_a_line(error)}") from error


def describe_table(file: str, group: str, columns: list[str] | None = None, groups: list | None = None) -> dict:
    """What a task keeps of a table: file, digest, column of the groups, columns, rows of each group and more.

    file: its path. group: the column that names the groups. columns: those of the coordinates; without it, all others.
    groups: the values of the column that are groups, in their order; without it, all, sorted.

    Returns beside these `repeated`, how many rows are like an earlier one, and `extent`: location and spread of the
    column whose spread is the smallest beside its location, and the farthest of all rows from their group's mean.
    Raises InputError with a line for each thing that makes the table unusable.
    """
    digest, table = digest_of(file), read_file(file)
    wanted = [group] if columns is None else [group, *columns]
    if missing := [each for each in wanted if each not in table]:
        raise InputError(f"{file}: expected columns {', '.join(missing)}; found {some(list(table))}")
    columns = columns or [each for each in table if each != group]
    if group in columns or not columns:
        raise InputError(f"{file}: expected columns beside {group}, which names the groups; found {some(columns)}")
    faults = [*faults_of_groups(table[group], groups)]
    if not faults:
        names = table[group].astype(str)
        chosen = [str(each) for each in (table[group].drop_duplicates().sort_values() if groups is None else groups)]
        table, names = table[names.isin(chosen)], names[names.isin(chosen)]
        faults = [*faults_of_columns(table[columns])]
    if faults:
        raise InputError(*(f"{file}: {fault}" for fault in faults))
    values = table[columns].astype(float)
    counts = names.value_counts()
    return {
        "file": file,
        "digest": digest,
        "column": group,
        "columns": [str(each) for each in columns],
        "rows": {each: int(counts[each]) for each in chosen},
        "repeated": int(values.duplicated().sum()),
        "extent": extent_of(values, names),
    }


def faults_of_groups(column: pd.Series, groups: list | None) -> Iterator[str]:
    """What makes a column unfit to name the groups."""
    counts = column.astype(str).value_counts()
    if column.isna().any():
        yield f"expected a group in every row; column {column.name} has none in {rows_where(column.isna())}"
    elif groups is None and not 2 <= len(counts) <= MOST_GROUPS:
        found = f"{len(counts)}: {some(list(counts.index))}; the key groups chooses some"
        yield f"expected 2 to {MOST_GROUPS} groups in column {column.name}; found {found}"
    elif unknown := [str(each) for each in groups or [] if str(each) not in counts]:
        yield f"expected groups of column {column.name}: {some(list(counts.index))}; found {some(unknown)}"


def faults_of_columns(values: pd.DataFrame) -> Iterator[str]:
    """What makes columns unfit to be coordinates: text, missing or infinite numbers, or one number in all rows."""
    for name, column in values.items():
        numbers = pd.to_numeric(column, errors="coerce").astype(float)
        with np.errstate(over="ignore"):
            large = ~np.isfinite(numbers.astype(np.float32))
        if (text := column.notna() & numbers.isna()).any():
            found = f"{column[text].iloc[0]!r} in {rows_where(text)}"
            yield f"expected numbers in column {name}; found {found}; the key columns chooses others"
        elif column.isna().any():
            yield f"expected a number in every row; column {name} has none in {rows_where(column.isna())}"
        elif large.any():
            found = f"{numbers[large].iloc[0]:g} in {rows_where(large)}"
            yield f"expected numbers of float32 in column {name}; found {found}"
        elif (numbers == numbers.iloc[0]).all():
            yield f"expected columns that vary; column {name} is {numbers.iloc[0]:g} in every row"


def rows_where(found: pd.Series) -> str:
    """How many rows, and the line of the first in a CSV file, whose first line has the names."""
    count = int(found.sum())
    return f"{count:,} row{'s' if count > 1 else ''}, the first on line {found.idxmax() + 2}"


def some(names: list) -> str:
    """The first of some names."""
    if not names:
        return "none"
    return ", ".join(map(str, names[:SHOWN])) + (f" … ({len(names)} in all)" if len(names) > SHOWN else "")


def extent_of(values: pd.DataFrame, names: pd.Series) -> list[float]:
    """The `extent` of :func:`describe_table`, of rows [N, d] and the name of each row's group."""
    away = values - values.groupby(names).transform("mean")
    spread, location = away.std(ddof=0), values.mean().abs()
    varies = spread > 0  # a column that is one number within each group is blurred by no scale
    reach = float(away.abs().max().max())
    if not varies.any():
        return [0.0, 1.0, max(reach, 1.0)]
    worst = (location[varies] / spread[varies]).idxmax()
    return [float(location[worst]), float(spread[worst]), reach]
