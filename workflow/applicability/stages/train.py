"""Stage train: trains the networks of all replicates of a cell."""

import time
from pathlib import Path

import numpy as np
import pandas as pd

from applicability.learners import device as devices
from applicability.learners.cost import cost_of
from applicability.learners.fitting import Fitted, fit
from applicability.learners.saved import save
from applicability.storage import tables
from applicability.storage.arrays import read_arrays
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.tasks.observed import view_of

SPANS = 100  # rows that a history has per replicate, at most


def train(samples: Path, learner: str, model: Path, device: str = "cpu") -> None:
    """Train a learner on a cell's draws.

    samples: the training draws of the cell, as simulate wrote them.
    learner: :class:`applicability.study.learner.Trained` as JSON.
    model: the file to write, with the networks of all replicates.
    device: auto, cpu, cuda or mps.
    Writes beside model: history.csv, the mean loss of at most 100 spans of the steps, and the loss on held-out draws at
    their ends, if there are any; cost.csv, steps, seconds, device and versions. The seconds differ from run to run.
    """
    learner = Learner.parse(learner)
    where = devices.resolve(device)
    cell, draws = read_arrays(samples, "train")
    started = time.perf_counter()
    fitted = fit(cell, learner, view_of(cell)(draws), where)
    fitted = fitted._replace(losses=fitted.losses.cpu())  # waits for the device
    seconds = time.perf_counter() - started

    save(fitted.network, model, cell=cell.json(), learner=learner.json())
    tables.write(history_of(fitted, cell, learner.name), Path(model).with_name("history.csv"))
    tables.write(cost_of(learner, cell, fitted.steps, seconds, where), Path(model).with_name("cost.csv"))


def history_of(fitted: Fitted, cell: Cell, learner: str) -> pd.DataFrame:
    """The history of R trainings: a row per replicate and span of its steps, of which there are at most SPANS.

    Column `step` is the last step of the span, `loss` the mean over it, nat. Of a training that was stopped early spans
    end with epochs, one of them with that of the networks that were kept, and `validation_loss` is that on the held-out
    draws at their end.
    """
    losses, rows = fitted.losses.numpy(), tables.of_replicates(learner, cell)
    histories = []
    for replicate, steps in enumerate(fitted.steps):
        ends = np.arange(1, SPANS + 1) * steps // SPANS
        if fitted.validation is not None:
            held, an_epoch = fitted.validation[:, replicate], len(losses) // len(fitted.validation)
            kept = 1 + np.where(np.isnan(held), np.inf, held).argmin()
            ends = np.append(-(-ends // an_epoch), kept) * an_epoch
        ends = np.unique(ends[ends > 0])
        sums = np.add.reduceat(losses[:steps, replicate].astype(np.float64), np.append(0, ends[:-1]))
        here = rows.iloc[[replicate] * len(ends)].assign(step=ends, loss=sums / np.diff(ends, prepend=0))
        if fitted.validation is not None:
            here["validation_loss"] = held[ends // an_epoch - 1]
        histories.append(here)
    return pd.concat(histories)
