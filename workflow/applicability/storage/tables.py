"""Tables as CSV: long format, sorted, typed, keys in each row, floats in round-trip form.

Stages, scores, figures and the report use it. May import study and errors.
"""

from pathlib import Path

import pandas as pd

from applicability.errors import InputError
from applicability.storage.files import open_verified, write_atomically

KEYS = ["study", "learner", "scale", "n", "replicate"]

COST = ["steps", "seconds", "device", "versions"]  # of a training: what it took, and where it ran
DEVICES = ["device", "test_device"]  # of the training, and of the test

# what 1 − accuracy is made of, in columns shortfall_<part>: unreached in the place of overlap, where that is not known
PARTS = ["overlap", "unreached", "data", "learner"]

TEXT = dict.fromkeys(
    ("study", "learner", "baseline", *DEVICES, "versions", "verdict", "shown_by", "needed", "unfitted", "best_known"),
    "str",
)  # also where a value looks like a number; all other columns are numbers


def write(table: pd.DataFrame, path: str | Path, index: bool = False) -> None:
    """Write a table as CSV, with its index if asked. Raises InputError where that fails."""
    with write_atomically(path) as part:
        table.to_csv(part, index=index, lineterminator="\n")


def read(path: str | Path, *columns: str) -> pd.DataFrame:
    """Read a table that :func:`write` wrote, to the same bits.

    path: the file.
    columns: those that it must have.
    Raises InputError where the file is missing or damaged, lacks a column, has text for a number or has no rows.
    """
    with open_verified(path, "a table in CSV") as file:
        table = pd.read_csv(file, dtype=TEXT, keep_default_na=False, na_values=[""])
    if missing := [name for name in columns if name not in table]:
        raise InputError(f"{path}: expected a table with the columns {', '.join(columns)}; missing: {missing[0]}")
    if table.empty:  # without rows all columns are texts
        raise InputError(f"{path}: expected a table with rows; found none")
    if texts := [name for name in table if name not in TEXT and not pd.api.types.is_numeric_dtype(table[name])]:
        raise InputError(f"{path}: expected numbers in column {texts[0]}; found text")
    return table


def of_replicates(learner: str, cell, **columns) -> pd.DataFrame:
    """A table with a row per replicate of a cell: the keys, then other columns.

    learner: its name. cell: of R replicates.
    columns: arrays [R] or single values, by name.
    """
    keys = [cell.study, learner, cell.scale, cell.n, range(cell.replicates)]
    return pd.DataFrame(dict(zip(KEYS, keys, strict=True)) | columns)


def sharpest(table: pd.DataFrame, name: str) -> str:
    """The best column of a score, the first there is of exact_<name>, expected_<name> and <name>.

    The first is free of the noise of test draws, the second has little of it. Raises InputError where the table has
    none.
    """
    found = next((known for known in (f"exact_{name}", f"expected_{name}", name) if known in table), None)
    if not found:
        raise InputError(f"{name}: expected a table with this column; found {', '.join(table)}")
    return found


def parts_of(summary: pd.DataFrame) -> dict[str, str]:
    """The parts of the shortfall that a summary has, each with its column."""
    return {part: f"shortfall_{part}" for part in PARTS if f"shortfall_{part}" in summary}


def measure_of(table: pd.DataFrame) -> str:
    """What gaps of scores or a summary are measured to: `best possible`, or `best known` where that is not known."""
    return "best known" if "best_known" in table else "best possible"


def best_accuracies(summary: pd.DataFrame, optimum: pd.DataFrame) -> pd.Series:
    """The best possible accuracy at each scale, or the best known one (:func:`measure_of`)."""
    if "best_known" in summary:
        return summary.groupby("scale")["best_known_accuracy_mean"].first()
    return optimum.set_index("scale")["accuracy"]


def most_possible(summary: pd.DataFrame, optimum: pd.DataFrame) -> pd.Series:
    """The best possible accuracy at each scale, or its upper bound: never below what is best known."""
    best = best_accuracies(summary, optimum)
    if "best_known" in summary:
        return best.combine(optimum.set_index("scale")["accuracy_upper_bound"], max)
    return best


def grid_of(summary: pd.DataFrame, learner: str, column: str) -> pd.DataFrame:
    """A learner's column of a summary, scale × n. Raises InputError for an unknown learner."""
    return rows_of(summary, "learner", learner).pivot(index="scale", columns="n", values=column)


def rows_of(table: pd.DataFrame, option: str, learner: str) -> pd.DataFrame:
    """The rows of a learner.

    option: the option that named the learner, for the message.
    Raises InputError where the learner has no rows.
    """
    known = table["learner"].unique()
    if learner not in known:
        raise InputError(f"{option}: expected one of {', '.join(known)}; found {learner!r}")
    return table[table["learner"] == learner]
