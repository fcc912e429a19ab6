"""Stage simulate: the draws of a cell, for every replicate and group."""

from pathlib import Path

from applicability.errors import InputError
from applicability.storage.arrays import write_arrays
from applicability.study.cell import Cell
from applicability.tasks.sample import sample


def simulate(cell: str, samples: Path, role: str = "train") -> None:
    """Sample the draws of a cell.

    cell: :class:`applicability.study.cell.Cell` as JSON.
    samples: the .npz to write, with the cell itself and an array named as the role, in float32 [R, N, d]: R replicates
    of N draws in d coordinates, group by group, as many of each as :attr:`applicability.study.cell.Cell.counts` says.
    role: `train`, or `test` for the test draws of a scale (:meth:`applicability.study.cell.Cell.of_tests`).
    Raises InputError for another role.
    """
    if role not in ("train", "test"):
        raise InputError(f"role: expected train or test; found {role!r}")
    cell = Cell.parse(cell)
    write_arrays(samples, cell, **{role: sample(cell, role, cell.counts)})
