"""Stage test: scores of trained networks on fresh draws, and against the true distributions."""

from pathlib import Path

from applicability.errors import InputError
from applicability.learners import device as devices
from applicability.learners.saved import load
from applicability.scores.scored import read_draws, write_scores
from applicability.storage import tables
from applicability.study.learner import Learner


def test(samples: Path, test_samples: Path, model: Path, scores: Path, device: str = "cpu") -> None:
    """Score the network of each replicate on test draws and against the true distributions.

    samples, test_samples: the training draws of the cell and the test draws of its scale, as simulate wrote them.
    model: the networks, as train wrote them, with cost.csv beside.
    scores: the table to write, a row per replicate: keys, the scores of
    :func:`applicability.scores.evaluation.scores_of`, cost of the training, and the device of the test.
    device: auto, cpu, cuda or mps.
    Writes curves.npz (:func:`applicability.scores.curves.curves_of`) beside scores. Raises InputError where the inputs
    do not match.
    """
    cell, training, draws = read_draws(samples, test_samples)
    network, record = load(model)
    if record.get("cell") != cell.json():
        raise InputError(f"{model}: expected a model trained on {samples}, found one of another cell")
    cost, where = Path(model).with_name("cost.csv"), devices.resolve(device)
    took = tables.read(cost, *tables.KEYS, *tables.COST)[tables.KEYS + tables.COST]
    rows = tables.of_replicates(Learner.parse(record.get("learner")).name, cell).merge(took, on=tables.KEYS)
    if len(rows) != cell.replicates:
        raise InputError(
            f"{cost}: expected a row for each of {cell.replicates} replicates of {model}, found {len(rows)}"
        )
    write_scores(network.to(where), cell, training, draws, rows, scores, devices.described(where))
