"""Stage test: scores of trained networks on fresh draws, and against the true distributions."""

from pathlib import Path

import numpy as np

from applicability.errors import InputError
from applicability.learners import device as devices
from applicability.learners import network as networks
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import diverged, evaluate, scores_of
from applicability.storage import tables
from applicability.storage.arrays import read_arrays, write_arrays
from applicability.study import Learner
from applicability.tasks.observed import view_of
from applicability.tasks.truth import Truth


def test(samples: Path, test_samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score the network of each replicate on test draws and against the true distributions.

    samples, test_samples: the training draws of the cell and the test draws of its scale, as simulate wrote them.
    model: the networks, as train wrote them, with cost.csv beside.
    scores: the table to write, a row per replicate: keys, :func:`diverged`, :func:`scores_of`, cost of the
    training, and the device of the test.
    device: auto, cpu, cuda or mps.
    Writes curves.npz (:func:`curves_of`) beside scores. Raises InputError where the inputs do not match.
    """
    cell, training = read_arrays(samples, "train")
    tested, draws = read_arrays(test_samples, "test")
    if tested != cell.of_tests():
        raise InputError(f"{test_samples}: expected the test draws of {samples}, found those of another cell")
    network, record = networks.load(model)
    if record.get("cell") != cell.json():
        raise InputError(f"{model}: expected a model trained on {samples}, found one of another cell")
    learner = Learner.parse(record.get("learner")).name
    truth, view = Truth.of_cell(cell), view_of(cell)
    where = devices.resolve(device)
    network = network.to(where)
    logits = evaluate(network, view(draws))
    gone = diverged(network, evaluate(network, view(training)), logits, truth, cell.counts)
    network = network.in_double()
    network.silence(gone)
    logits[gone] = np.nan
    columns = scores_of(network, logits, truth, cell, training, draws, view)
    table = tables.of_replicates(learner, cell, **columns)
    cost = Path(model).with_name("cost.csv")
    whole = table.merge(tables.read(cost, *tables.KEYS, *tables.COST)[tables.KEYS + tables.COST], on=tables.KEYS)
    if len(whole) != len(table):
        raise InputError(f"{cost}: expected a row for each of {len(table)} replicates of {model}, found {len(whole)}")
    write_arrays(Path(scores).with_name("curves.npz"), cell, **curves_of(network, logits, truth, draws, view))
    tables.write(whole.assign(test_device=devices.described(where)), scores)
