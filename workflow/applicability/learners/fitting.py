"""Training of every replicate of a cell: at once, as one stacked network, or modules of one's own one by one.

Used by the stage train. May import tasks, storage, study, randomness, logits and errors.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from applicability.errors import InputError
from applicability.learners.device import one_thread
from applicability.learners.network import StackedNetwork
from applicability.learners.own_network import OwnNetworks, OwnTraining, make_module, seeded, train_module
from applicability.learners.training import Training
from applicability.randomness import torch_generators
from applicability.study.cell import Cell
from applicability.study.learner import Network, OwnNetwork, Trained, outputs_of

ALIKE = 1e-6  # a spread that is a smaller share of the mean is rounding of float32: all draws are alike


class Fitted(NamedTuple):
    """What a training gives: R networks, and the log-losses on the way, in nat.

    A training that stopped before others of its stack has NaN from there on.
    """

    network: StackedNetwork | OwnNetworks
    losses: Tensor  # [steps, R], mean of each batch
    steps: np.ndarray  # [R], as many as a training took
    validation: np.ndarray | None = None  # [epochs, R], mean over the held-out draws after each epoch; None: of none


class HeldOut(NamedTuple):
    """Draws that are held out for early stopping."""

    x: Tensor  # [R, V, d]
    labels: Tensor  # [R, V], the groups' indices
    weights: Tensor  # [V], what each counts in the mean


@one_thread()
def fit(cell: Cell, learner: Trained, draws: np.ndarray, device: torch.device) -> Fitted:
    """Train a learner's networks on the draws of a cell.

    cell: gives the seed, the number of draws of each group and the groups' weights.
    learner: the network and its training protocol.
    draws: [R, N, d], the training draws, group by group. The last of each group are those that are held out.
    device: to train on.

    Losses are those of the training draws; the networks give log-odds of groups that are as likely as their weights
    say. A standardisation is that of the draws that are not held out. Raises InputError where the learner is none of
    networks, and for what a network of the user's own raises.
    """
    if not isinstance(learner, Trained):
        raise InputError(f"learner: expected a network; found {learner.kind}")
    counts, last = torch.tensor(cell.counts), torch.tensor(learner.held_out(cell.counts))
    shares = (counts - last).double() / (counts - last).sum()  # of the draws that are trained on
    x, held = torch.from_numpy(draws).to(device), None
    labels = torch.arange(len(counts)).repeat_interleave(counts).to(device).expand(len(draws), -1)
    if learner.patience:
        out = torch.cat([torch.arange(count) >= count - few for count, few in zip(counts, last, strict=True)])
        held = HeldOut(x[:, out], labels[:, out], (shares / last).repeat_interleave(last).to(x))
        x, labels = x[:, ~out], labels[:, ~out]
    if learner.standardise:
        centre, spread = x.mean(1, keepdim=True), x.std(1, correction=0, keepdim=True)
        spread = spread.masked_fill(spread <= ALIKE * centre.abs(), torch.inf)  # x / inf is 0: left out
        x = (x - centre) / spread
        held = held and held._replace(x=(held.x - centre) / spread)
    train = fit_stacked if isinstance(learner, Network) else fit_modules
    fitted = train(cell.seed, learner, len(counts), x, labels, held)
    with torch.inference_mode():
        if learner.standardise:
            fitted.network.fold(centre, spread)
        if cell.weights:
            fitted.network.reweigh(np.array(cell.weights) / shares.numpy())
    return fitted


def fit_stacked(seed: int, learner: Network, groups: int, x: Tensor, labels: Tensor, held: HeldOut | None) -> Fitted:
    """Train the R networks of this library at once on x [R, N, d], of groups' indices labels [R, N]."""
    replicates, _, inputs = x.shape
    init, shuffle, dropout = (torch_generators(seed, role, replicates) for role in ("init", "shuffle", "dropout"))
    network = StackedNetwork.initial(learner.sizes(inputs, groups), init, learner.activation, learner.dropout)
    training = Training(network.to(x.device), x, labels, learner, shuffle, dropout)
    with torch.inference_mode():  # no step needs what torch keeps for autograd
        return stopped_early(training, held) if held else with_budget(training)


def fit_modules(seed: int, learner: OwnNetwork, groups: int, x: Tensor, labels: Tensor, held: HeldOut | None) -> Fitted:
    """Train the R modules of the user's own one after another on x [R, N, d], of groups' indices labels [R, N]."""
    replicates, _, inputs = x.shape
    init, shuffle, dropout = (torch_generators(seed, role, replicates) for role in ("init", "shuffle", "dropout"))
    modules, losses, validation = [], [], []
    for each in range(replicates):
        modules.append(make_module(learner, inputs, outputs_of(groups), init[each]).to(x.device))
        with seeded(dropout[each], x.device):
            training = OwnTraining(modules[-1], learner, x[each], labels[each])
            found = train_module(training, shuffle[each], held and (held.x[each], held.labels[each], held.weights))
        losses.append(torch.stack(found[0]).cpu())
        validation.append(torch.tensor(found[1]))
    plain = x.new_zeros(replicates, 1, inputs), x.new_ones(replicates, 1, inputs), x.new_zeros(outputs_of(groups))
    steps = np.array([len(each) for each in losses])
    held_losses = side_by_side(validation).numpy() if held else None
    return Fitted(OwnNetworks(modules, *plain, learner), side_by_side(losses), steps, held_losses)


def side_by_side(columns: list[Tensor]) -> Tensor:
    """Columns of unlike lengths as a tensor [longest, R], NaN below their ends."""
    return nn.utils.rnn.pad_sequence(columns, padding_value=torch.nan)


def with_budget(training: Training) -> Fitted:
    """Train all replicates for the epochs or steps of their learner."""
    replicates, draws, _ = training.x.shape
    # one tensor for all: single losses would lie between what each step frees, and the heap grow at every step
    losses = torch.empty(training.learner.total_steps(draws), replicates, device=training.x.device)
    for step, (loss, _) in enumerate(training.steps(len(losses))):
        losses[step] = loss
    return Fitted(training.network, losses, np.full(replicates, len(losses)))


def stopped_early(training: Training, held: HeldOut) -> Fitted:
    """Train each replicate until its loss on held-out draws no longer falls: early stopping.

    training: of R replicates, which it changes; its learner gives the patience and the most epochs.

    After `patience` epochs of none lower than the least before, a replicate has stopped. The networks are those of the
    least loss, of equal ones the first; those of the first epoch where no loss is a number. Replicates leave the stack
    at its end alone, and two stay where there were two: the bits of a replicate depend on its place (matrix products
    round by where in memory a matrix begins), and on whether it is alone.
    """
    learner, targets, replicates = training.learner, training.targets(held.labels), len(held.x)
    an_epoch = -(-training.x.shape[1] // learner.batch_size)
    best, losses, validation = training.network.copy(), [], []
    least, stale, epochs = np.full(replicates, np.inf), np.zeros(replicates, int), np.zeros(replicates, int)
    for _ in range(learner.epochs):
        going = stale < learner.patience
        if not going.any():
            break
        stacked = max(np.flatnonzero(going)[-1] + 1, min(2, replicates))
        training.keep(stacked)
        batch_losses = torch.stack([loss for loss, _ in training.steps(an_epoch)])
        losses.append(of_all(batch_losses, going))
        validation.append(now := of_all(training.loss(held.x[:stacked], targets[:stacked], held.weights), going))
        lower = (now < least) | (going & (epochs == 0))
        least, stale, epochs = np.fmin(now, least), np.where(lower, 0, stale + 1), epochs + going
        for kept, found in zip(best.parameters, training.network.parameters, strict=True):
            kept[lower.nonzero()] = found[lower[:stacked].nonzero()]
    return Fitted(best, torch.from_numpy(np.concatenate(losses)), epochs * an_epoch, np.array(validation))


def of_all(values: Tensor, going: np.ndarray) -> np.ndarray:
    """Values [..., S] of the first replicates as those of all, [..., R]; NaN where one does not go on."""
    found = np.full((*values.shape[:-1], len(going)), np.nan, np.float32)
    found[..., : values.shape[-1]] = values.cpu()
    found[..., ~going] = np.nan
    return found
