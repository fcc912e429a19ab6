"""Stage example: the two published worked examples, each from one stream of random numbers.

The stream gives training draws, initial weights, batch orders and, for the Gaussians, test draws, in this order. A
plain PyTorch program under the same seed sees the same numbers. A study has a stream for each purpose instead.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import Tensor

from applicability.errors import InputError
from applicability.learners.device import one_thread
from applicability.learners.network import StackedNetwork
from applicability.learners.saved import save
from applicability.learners.training import Training
from applicability.scores.curves import curves_of, lattice
from applicability.scores.evaluation import evaluate
from applicability.scores.optimum import optimum_of
from applicability.scores.score import own_group, score
from applicability.storage import tables
from applicability.storage.arrays import write_arrays
from applicability.storage.files import write_atomically
from applicability.study.cell import Cell
from applicability.study.learner import Learner
from applicability.tasks.truth import Truth

REACH = 10.0  # pictures of the clusters show −10 to 10 in both coordinates, or more where the clusters need it

SIDE = 100  # points along each side of these pictures


def example(cell: str, learner: str, metrics: Path) -> None:
    """Work one of the examples and write its numbers.

    cell: :class:`applicability.study.cell.Cell` as JSON; its study is the example, `gaussians` or `clusters`.
    learner: :class:`applicability.study.learner.Learner` as JSON.
    metrics: the JSON file to write, with the numbers that the published example prints.
    Writes beside metrics: samples.npz, model.pt, history.csv (:func:`fitted`), curves.npz and optimum.csv.
    """
    cell, learner, folder = Cell.parse(cell), Learner.parse(learner), Path(metrics).parent
    draws, network, history, numbers, curves = WORKED[cell.study](cell, learner)
    best = optimum_of(cell)

    write_arrays(folder / "samples.npz", cell, train=draws.numpy())
    write_arrays(folder / "curves.npz", cell, **curves)
    save(network, folder / "model.pt", cell=cell.json(), learner=learner.json())
    tables.write(tables.of_replicates(learner.name, cell).merge(history, how="cross"), folder / "history.csv")
    tables.write(pd.DataFrame([best]), folder / "optimum.csv")
    with write_atomically(metrics) as part:
        part.write_text(json.dumps(numbers | {"optimum": best["accuracy"]}, indent=2) + "\n")


def gaussians(cell: Cell, learner: Learner) -> tuple:
    """The example of two Gaussians on a line, with the accuracy on fresh draws."""
    stream = torch.Generator().manual_seed(cell.seed)
    truth = Truth.of_cell(cell)

    def drawn() -> Tensor:
        locs = [group.loc for group in truth.groups]
        return torch.stack([torch.normal(loc, cell.scale, (cell.n, 1), generator=stream) for loc in locs])[
            None
        ].flatten(1, 2)

    draws = drawn()
    network, history = fitted(draws, learner, stream)
    if len(history) == learner.epochs:  # one batch holds all: a DataLoader still takes its two numbers an epoch
        for _ in range(learner.epochs):
            torch.empty(2, dtype=torch.int64).random_(generator=stream)
    test = drawn().numpy()
    logits = evaluate(network, test)
    losses = history["loss"]
    numbers = {
        "accuracy": score(logits, own_group(cell.counts))["accuracy"].item(),
        "steps": len(losses),
        "first_loss": losses.iloc[0],
        "last_loss": losses.iloc[-1],
        "epoch_loss": losses.groupby(history["epoch"]).mean().tolist(),
    }
    return draws, network, history, numbers, curves_of(network, logits, truth, test)


def clusters(cell: Cell, learner: Learner) -> tuple:
    """The example of two clusters in the plane: draws (r0, r5), mirrored (r5, r0)."""
    stream = torch.Generator().manual_seed(cell.seed)
    truth = Truth.of_cell(cell)
    columns = [
        torch.normal(loc, cell.scale, (cell.n,), generator=stream) for loc in truth.groups[1].centres[0].tolist()
    ]
    draws = torch.cat([torch.stack(columns[::-1], dim=-1), torch.stack(columns, dim=-1)])[None]
    network, history = fitted(draws, learner, stream)
    logits = evaluate(network, draws.numpy())
    outputs = expit(logits).reshape(2, cell.n)
    second, first = outputs.mean(1).tolist()  # class 2 has label 0
    numbers = {
        "epoch_loss": history["loss"].tolist(),
        "training_accuracy": score(logits, own_group(cell.counts))["accuracy"].item(),
        "mean_output_class_1": first,
        "mean_output_class_2": second,
    }
    curves = plane_and_line(network, truth) | {"points": draws.numpy().reshape(2, cell.n, -1), "outputs": outputs}
    return draws, network, history, numbers, curves


def plane_and_line(network: StackedNetwork, truth: Truth) -> dict[str, np.ndarray]:
    """Learned and true logits in the plane and along the line through both means.

    x [P, 2]: places in the plane. place [L, 1]: signed distance on the line, from halfway towards the second mean.
    """
    reach = max(REACH, *map(abs, truth.span(3)))
    x, place = lattice([(-reach, reach)] * 2, SIDE), lattice([(-0.8 * reach, 0.8 * reach)], 401)
    first, second = (group.centres[0] for group in truth.groups)
    line = (first + second) / 2 + place * (second - first) / np.linalg.norm(second - first)
    curves = {"x": x, "true_logits": truth.logits(x), "logits": network.logits(x[None])}
    line_curves = {"line_true_logits": truth.logits(line), "line_logits": network.logits(line[None])}
    return curves | {"place": place} | line_curves


@one_thread()
def fitted(draws: Tensor, learner: Learner, stream: torch.Generator) -> tuple[StackedNetwork, pd.DataFrame]:
    """A network trained on draws [1, 2·n, d] of two groups, and its history by step.

    The stream also gives initial weights and batch orders. loss: mean of the batch, nat. gradient, change: sums of
    |gradient| and of |change| over the first layer's weights. Raises InputError where the training diverges.
    """
    _, total, inputs = draws.shape
    network = StackedNetwork.initial(learner.sizes(inputs, 2), [stream], learner.activation)
    labels = torch.arange(2).repeat_interleave(total // 2)[None]
    before, rows = network.weights[0].clone(), []
    steps = Training(network, draws, labels, learner, [stream]).steps(learner.total_steps(total))
    for loss, gradients in steps:
        now = network.weights[0].clone()
        rows.append((loss.item(), gradients[0].abs().sum().item(), (now - before).abs().sum().item()))
        before = now
    history = pd.DataFrame(rows, columns=["loss", "gradient", "change"])
    if not np.isfinite(history["loss"]).all():
        raise InputError(f"optimiser: expected one whose training converges; found {learner.optimiser}: no finite loss")
    history.insert(0, "epoch", 1 + history.index // (len(history) // learner.epochs))
    history.insert(1, "step", 1 + history.index)
    return network, history


WORKED = {"gaussians": gaussians, "clusters": clusters}
