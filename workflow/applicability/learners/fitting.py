"""Training of every replicate of a cell at once, as one stacked network: for a budget, or stopped early.

Used by the stage train. May import tasks, storage, study, randomness, logits and errors.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from applicability.learners.device import one_thread
from applicability.learners.network import StackedNetwork
from applicability.learners.training import Training
from applicability.randomness import torch_generators
from applicability.study.cell import Cell
from applicability.study.learner import Learner

ALIKE = 1e-6  # a spread that is a smaller share of the mean is rounding of float32: all draws are alike


class Fitted(NamedTuple):
    """What a training gives: R networks, and the losses on the way, in nat.

    A training that stopped before others of its stack has NaN from there on.
    """

    network: StackedNetwork
    losses: Tensor  # [steps, R], mean of each batch
    steps: np.ndarray  # [R], as many as a training took
    validation: np.ndarray | None = None  # [epochs, R], mean over the held-out draws after each epoch; None: of none


@one_thread()
def fit(cell: Cell, learner: Learner, draws: np.ndarray, device: torch.device) -> Fitted:
    """Train a learner's networks on the draws of a cell.

    cell: gives the seed, the number of draws of each group and the groups' weights.
    learner: the network's shape and its training protocol.
    draws: [R, N, d], the training draws, group by group. The last of each group are those that are held out.
    device: to train on.

    Losses are those of the training draws; the networks give log-odds of groups that are as likely as their weights
    say. A standardisation is that of the draws that are not held out.
    """
    replicates, _, inputs = draws.shape
    counts, held_out = torch.tensor(cell.counts), torch.tensor(learner.held_out(cell.counts))
    shares = (counts - held_out).double() / (counts - held_out).sum()  # of the draws that are trained on
    groups = len(counts)
    init, shuffle, dropout = (torch_generators(cell.seed, role, replicates) for role in ("init", "shuffle", "dropout"))
    network = StackedNetwork.initial(learner.sizes(inputs, groups), init, learner.activation, learner.dropout)
    network = network.to(device)

    x = torch.from_numpy(draws).to(device)
    labels = torch.arange(groups).repeat_interleave(counts).to(device).expand(replicates, -1)
    if learner.patience:
        held = torch.cat([torch.arange(count) >= count - last for count, last in zip(counts, held_out, strict=True)])
        held_x, held_labels, x, labels = x[:, held], labels[:, held], x[:, ~held], labels[:, ~held]
    if learner.standardise:
        centre, spread = x.mean(1, keepdim=True), x.std(1, correction=0, keepdim=True)
        spread = spread.masked_fill(spread <= ALIKE * centre.abs(), torch.inf)  # x / inf is 0: left out
        x = (x - centre) / spread
    training = Training(network, x, labels, learner, shuffle, dropout)
    with torch.inference_mode():  # no step needs what torch keeps for autograd
        if learner.patience:
            held_x = (held_x - centre) / spread if learner.standardise else held_x
            fitted = stopped_early(training, held_x, held_labels, (shares / held_out).repeat_interleave(held_out).to(x))
        else:
            fitted = with_budget(training)
        if learner.standardise:
            fitted.network.fold(centre, spread)
        if cell.weights:
            fitted.network.reweigh(np.array(cell.weights) / shares.numpy())
    return fitted


def with_budget(training: Training) -> Fitted:
    """Train all replicates for the epochs or steps of their learner."""
    replicates, draws, _ = training.x.shape
    # one tensor for all: single losses would lie between what each step frees, and the heap grow at every step
    losses = torch.empty(training.learner.total_steps(draws), replicates, device=training.x.device)
    for step, (loss, _) in enumerate(training.steps(len(losses))):
        losses[step] = loss
    return Fitted(training.network, losses, np.full(replicates, len(losses)))


def stopped_early(training: Training, x: Tensor, labels: Tensor, weights: Tensor) -> Fitted:
    """Train each replicate until its loss on held-out draws no longer falls: early stopping.

    training: of R replicates, which it changes; its learner gives the patience and the most epochs.
    x, labels: held-out inputs [R, V, d] and the groups' indices [R, V].
    weights: [V], what each held-out draw counts in the mean.

    After `patience` epochs of none lower than the least before, a replicate has stopped. The networks are those of the
    least loss, of equal ones the first; those of the first epoch where no loss is a number. Replicates leave the stack
    at its end alone, and two stay where there were two: the bits of a replicate depend on its place (matrix products
    round by where in memory a matrix begins), and on whether it is alone.
    """
    learner, targets, replicates = training.learner, training.targets(labels), len(x)
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
        validation.append(held := of_all(training.loss(x[:stacked], targets[:stacked], weights), going))
        lower = (held < least) | (going & (epochs == 0))
        least, stale, epochs = np.fmin(held, least), np.where(lower, 0, stale + 1), epochs + going
        for kept, now in zip(best.parameters, training.network.parameters, strict=True):
            kept[lower.nonzero()] = now[lower[:stacked].nonzero()]
    return Fitted(best, torch.from_numpy(np.concatenate(losses)), epochs * an_epoch, np.array(validation))


def of_all(values: Tensor, going: np.ndarray) -> np.ndarray:
    """Values [..., S] of the first replicates as those of all, [..., R]; NaN where one does not go on."""
    found = np.full((*values.shape[:-1], len(going)), np.nan, np.float32)
    found[..., : values.shape[-1]] = values.cpu()
    found[..., ~going] = np.nan
    return found
