"""Stage train: trains the networks of all replicates of a cell at once, stacked."""

import functools
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

from applicability.learners import device as devices
from applicability.learners import network as networks
from applicability.learners.training import fit
from applicability.storage import tables
from applicability.storage.arrays import read_arrays
from applicability.study import Cell, Learner
from applicability.tasks.observed import view_of

SPANS = 100  # rows that a history has per replicate, at most


def train(samples: Path, learner: str, model: Path, device: str = "cpu") -> None:
    """Train a learner on a cell's draws.

    samples: the training draws of the cell, as simulate wrote them.
    learner: :class:`applicability.study.Learner` as JSON.
    model: the file to write, with the networks of all replicates.
    device: auto, cpu, cuda or mps.
    Writes beside model: history.csv, the mean loss of at most 100 spans of the steps; cost.csv, steps, seconds,
    device and versions. The seconds differ from run to run.
    """
    learner = Learner.parse(learner)
    where = devices.resolve(device)
    cell, draws = read_arrays(samples, "train")
    started = time.perf_counter()
    network, losses = fit(cell, learner, view_of(cell)(draws), where)
    losses = losses.cpu().numpy()  # waits for the device
    seconds = time.perf_counter() - started

    networks.save(network, model, cell=cell.json(), learner=learner.json())
    tables.write(spans(losses, cell, learner.name), Path(model).with_name("history.csv"))
    record = {"steps": len(losses), "seconds": seconds / cell.replicates}  # a replicate's share of the stack
    place = {"device": devices.described(where), "versions": versions()}
    tables.write(tables.of_replicates(learner.name, cell, **record, **place), Path(model).with_name("cost.csv"))


def spans(losses: np.ndarray, cell: Cell, learner: str):
    """Losses [steps, R] averaged over at most 100 spans, a row per replicate and span.

    Column `step` is the last step of the span.
    """
    steps = len(losses)
    ends = np.unique(np.arange(1, SPANS + 1) * steps // SPANS)
    ends = ends[ends > 0]
    starts = np.concatenate([[0], ends[:-1]])
    means = np.add.reduceat(losses.astype(np.float64), starts, axis=0) / (ends - starts)[:, None]
    rows = tables.of_replicates(learner, cell).loc[lambda table: table.index.repeat(len(ends))]
    return rows.assign(step=np.tile(ends, cell.replicates), loss=means.T.ravel())


@functools.cache  # a training of few steps takes as long as reading them
def versions() -> str:
    """Versions of the software that the numbers of a training may depend on."""
    packages = ("applicability", "numpy", "scipy", "torch")
    return " ".join([f"python {platform.python_version()}", *(f"{name} {version(name)}" for name in packages)])
