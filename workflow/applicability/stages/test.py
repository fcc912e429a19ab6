"""Stage test: scores of trained networks on fresh draws, and against the true distributions."""

from pathlib import Path

from applicability.errors import InputError
from applicability.learners import device as devices
from applicability.learners import network as networks
from applicability.scores.curves import curves_of
from applicability.scores.evaluation import judge
from applicability.storage import tables
from applicability.storage.arrays import read_arrays, write_arrays
from applicability.study.learner import Learner
from applicability.tasks.observed import view_of
from applicability.tasks.truth import Truth


def test(samples: Path, test_samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score the network of each replicate on test draws and against the true distributions.

    samples, test_samples: the training draws of the cell and the test draws of its scale, as simulate wrote them.
    model: the networks, as train wrote them, with cost.csv beside.
    scores: the table to write, a row per replicate: keys, the scores of :func:`judge`, cost of the
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
    where = devices.resolve(device)
    judged = judge(network.to(where), cell, training, draws)
    table = tables.of_replicates(learner, cell, **judged.scores)
    cost = Path(model).with_name("cost.csv")
    whole = table.merge(tables.read(cost, *tables.KEYS, *tables.COST)[tables.KEYS + tables.COST], on=tables.KEYS)
    if len(whole) != len(table):
        raise InputError(f"{cost}: expected a row for each of {len(table)} replicates of {model}, found {len(whole)}")
    curves = curves_of(judged.network, judged.logits, Truth.of_cell(cell), draws, view_of(cell))
    write_arrays(Path(scores).with_name("curves.npz"), cell, **curves)
    tables.write(whole.assign(test_device=devices.described(where)), scores)
