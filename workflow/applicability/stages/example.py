"""Stage example: the two published worked examples, each from one stream of random numbers in its published order.

The order is: training draws, initial weights, batch orders, and of the Gaussians fresh test draws. A plain PyTorch
program under the same seed sees the same numbers. Studies go otherwise: there, streams are keyed by what they are for.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import Tensor

from applicability.errors import InputError
from applicability.learners import network as networks
from applicability.learners.device import one_thread
from applicability.learners.network import StackedNetwork
from applicability.learners.training import training_steps
from applicability.scores.curves import curves_of, lattice
from applicability.scores.evaluation import evaluate
from applicability.scores.optimum import optimum_of
from applicability.scores.score import own_group, score
from applicability.storage import tables
from applicability.storage.arrays import write_arrays
from applicability.storage.files import write_atomically
from applicability.study import Cell, Learner
from applicability.tasks.truth import Truth

REACH = 10.0  # the clusters' pictures show −10 to 10 in both coordinates, or more where the clusters need it

SIDE = 100  # points along each side of them


def example(cell: str, learner: str, metrics: Path) -> None:
    """Work one of the examples and write its numbers.

    cell: :class:`applicability.study.Cell` as JSON; its study is the example, `gaussians` or `clusters`. learner:
    :class:`applicability.study.Learner` as JSON. metrics: what the example prints, as JSON. Writes beside it
    samples.npz, model.pt, history.csv (:func:`fitted`), curves.npz and optimum.csv.
    """
    cell, learner, folder = Cell.parse(cell), Learner.parse(learner), Path(metrics).parent
    draws, network, history, numbers, curves = WORKED[cell.study](cell, learner)
    best = optimum_of(on_the_line(cell))

    write_arrays(folder / "samples.npz", cell, train=draws.numpy())
    write_arrays(folder / "curves.npz", cell, **curves)
    networks.save(network, folder / "model.pt", cell=cell.json(), learner=learner.json())
    tables.write(tables.of_replicates(learner.name, cell).merge(history, how="cross"), folder / "history.csv")
    tables.write(pd.DataFrame([best]), folder / "optimum.csv")
    with write_atomically(metrics) as part:
        part.write_text(json.dumps(numbers | {"optimum": best["accuracy"]}, indent=2) + "\n")


def gaussians(cell: Cell, learner: Learner) -> tuple:
    """Two groups on a line; the accuracy is that on as many fresh draws."""
    stream = torch.Generator().manual_seed(cell.seed)
    truth = Truth.of(cell.task, cell.scale)

    def drawn() -> Tensor:
        locs = truth.locs[:, 0].tolist()
        return torch.stack([torch.normal(loc, cell.scale, (cell.n, 1), generator=stream) for loc in locs])[None]

    draws = drawn()
    network, history = fitted(draws, learner, stream)
    logits = evaluate(network, drawn().numpy())
    losses = history["loss"]
    numbers = {
        "accuracy": score(logits, own_group(cell.n))["accuracy"].item(),
        "steps": len(losses),
        "first_loss": losses.iloc[0],
        "last_loss": losses.iloc[-1],
        "epoch_loss": losses.groupby(history["epoch"]).mean().tolist(),
    }
    return draws, network, history, numbers, curves_of(network, logits, truth)


def clusters(cell: Cell, learner: Learner) -> tuple:
    """Two groups in the plane: the same draws, mirrored, of which one group has (r0, r5) and the other (r5, r0)."""
    stream = torch.Generator().manual_seed(cell.seed)
    truth = Truth.of(cell.task, cell.scale)
    columns = [torch.normal(loc, cell.scale, (cell.n,), generator=stream) for loc in truth.locs[1].tolist()]
    draws = torch.stack([torch.stack(columns[::-1], dim=-1), torch.stack(columns, dim=-1)])[None]
    network, history = fitted(draws, learner, stream)
    logits = evaluate(network, draws.numpy())
    outputs = expit(logits).reshape(2, cell.n)
    second, first = outputs.mean(1).tolist()  # class 2 has label 0
    numbers = {
        "epoch_loss": history["loss"].tolist(),
        "training_accuracy": score(logits, own_group(cell.n))["accuracy"].item(),
        "mean_output_class_1": first,
        "mean_output_class_2": second,
    }
    curves = plane_and_line(network, truth) | {"points": draws.numpy(), "outputs": outputs}
    return draws, network, history, numbers, curves


def plane_and_line(network: StackedNetwork, truth: Truth) -> dict[str, np.ndarray]:
    """Logits of a network and the true ones, in the plane (x [P, 2]) and along the line through both means (place
    [L, 1], the distance from halfway, towards the second)."""
    reach = max(REACH, *map(abs, truth.span(3)))
    x, place = lattice([(-reach, reach)] * 2, SIDE), lattice([(-0.8 * reach, 0.8 * reach)], 401)
    between = truth.locs[1] - truth.locs[0]
    line = truth.locs.mean(0) + place * between / np.linalg.norm(between)
    curves = {"x": x, "true_logits": truth.logits(x), "logits": network.logits(x[None])}
    line_curves = {"line_true_logits": truth.logits(line), "line_logits": network.logits(line[None])}
    return curves | {"place": place} | line_curves


@one_thread()
def fitted(draws: Tensor, learner: Learner, stream: torch.Generator) -> tuple[StackedNetwork, pd.DataFrame]:
    """A network trained on draws [1, G, n, d], its weights and batch orders from the stream too, and its history.

    The history has a row per step: loss (mean of the batch, in nat), and of the first layer's weights gradient, the sum
    of |gradient|, and change, the sum of |change|. Raises InputError where the training diverges.
    """
    _, groups, n, inputs = draws.shape
    network = StackedNetwork.initial(learner.sizes(inputs, groups), [stream], learner.activation)
    labels = torch.arange(groups).repeat_interleave(n)[None]
    before, rows = network.weights[0].clone(), []
    for loss, gradients in training_steps(network, draws.reshape(1, -1, inputs), labels, learner, [stream]):
        now = network.weights[0].clone()
        rows.append((loss.item(), gradients[0].abs().sum().item(), (now - before).abs().sum().item()))
        before = now
    history = pd.DataFrame(rows, columns=["loss", "gradient", "change"])
    if not np.isfinite(history["loss"]).all():
        raise InputError(f"optimiser: expected one whose training converges; found {learner.optimiser}: no finite loss")
    history.insert(0, "epoch", 1 + history.index // (len(history) // learner.epochs))
    history.insert(1, "step", 1 + history.index)
    return network, history


def on_the_line(cell: Cell) -> Cell:
    """The cell with its two groups, Gaussians of one scale in every coordinate, reduced to the line through their
    means: across it they are alike, so that the optimum is the same, and exact."""
    first, second = Truth.of(cell.task, cell.scale).locs
    distance = float(np.linalg.norm(second - first))
    task = [[name, [{"norm": {"loc": loc}}]] for name, loc in zip(cell.groups, (0.0, distance), strict=True)]
    return replace(cell, task=task)


WORKED = {"gaussians": gaussians, "clusters": clusters}
