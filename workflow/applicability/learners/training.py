"""Training of every replicate of a cell at once, as one stacked network.

Used by the stages train and example. May import tasks, storage, study, randomness, logits and errors.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from applicability.learners.device import one_thread
from applicability.learners.network import StackedNetwork
from applicability.learners.optimisers import OPTIMISERS
from applicability.randomness import torch_generators
from applicability.study import Cell, Learner

ALIKE = 1e-6  # a spread that is a smaller share of the mean is rounding of float32: all draws are alike


@one_thread()
def fit(cell: Cell, learner: Learner, draws: np.ndarray, device: torch.device) -> tuple[StackedNetwork, Tensor]:
    """Train a learner's networks on the draws of a cell.

    cell: gives the seed, the number of draws of each group and the groups' weights.
    learner: the network's shape and its training protocol.
    draws: [R, N, d], the training draws, group by group.
    device: to train on.

    Returns the networks and the mean loss of each batch, [steps, R], in nat. Losses are those of the training draws;
    the networks give log-odds of groups that are as likely as their weights say.
    """
    (replicates, total, inputs), counts = draws.shape, torch.tensor(cell.counts)
    groups = len(counts)
    init, shuffle, dropout = (torch_generators(cell.seed, role, replicates) for role in ("init", "shuffle", "dropout"))
    network = StackedNetwork.initial(learner.sizes(inputs, groups), init, learner.activation, learner.dropout)
    network = network.to(device)

    x = torch.from_numpy(draws).to(device)
    labels = torch.arange(groups).repeat_interleave(counts).to(device).expand(replicates, -1)
    if learner.standardise:
        centre, spread = x.mean(1, keepdim=True), x.std(1, correction=0, keepdim=True)
        spread = spread.masked_fill(spread <= ALIKE * centre.abs(), torch.inf)  # x / inf is 0: left out
        x = (x - centre) / spread
    with torch.inference_mode():  # no step needs what torch keeps for autograd
        # one tensor for all: single losses would lie between what each step frees, and the heap grow at every step
        losses = torch.empty(learner.total_steps(total), replicates, device=device)
        for step, (loss, _) in enumerate(training_steps(network, x, labels, learner, shuffle, dropout)):
            losses[step] = loss
    if learner.standardise:
        network.fold(centre, spread)
    if cell.weights:
        network.reweigh(np.array(cell.weights) * total / counts.numpy())
    return network, losses


def training_steps(
    network: StackedNetwork,
    x: Tensor,
    labels: Tensor,
    learner: Learner,
    shuffle: list[torch.Generator],
    dropout: list[torch.Generator] | None = None,
) -> Iterator[tuple[Tensor, list[Tensor]]]:
    """Train R networks step by step, in place.

    network: R networks; one output means two groups.
    x, labels: inputs [R, N, d] and the groups' indices [R, N].
    learner: gives batch size, budget and optimiser.
    shuffle, dropout: a generator per replicate; dropout None: no unit is dropped.

    Yields after each step the batch's mean loss [R], in nat, and its gradients, in the order of the network's
    parameters.
    """
    total = learner.total_steps(x.shape[1])
    [(name, options)] = learner.optimiser.items()
    update = OPTIMISERS[name](network.parameters, **options)
    entropy = cross_entropy
    if network.biases[-1].shape[-1] == 1:
        entropy, labels = binary_cross_entropy, 2 * labels.to(x.dtype) - 1
    for inputs, targets in islice(batches(x, labels, learner.batch_size, total, shuffle), total):
        logits, passed = network.forward(inputs, dropout)
        loss, slope = entropy(logits, targets)
        gradients = network.gradients(passed, slope)
        update(gradients)
        yield loss, gradients


def binary_cross_entropy(logits: Tensor, signs: Tensor) -> tuple[Tensor, Tensor]:
    """Binary cross-entropy: mean loss [R] of logits [R, B, 1], and its slope [R, B, 1].

    logits: the second group's log-odds. signs: [R, B], 1 for draws of the second group, −1 for those of the first. The
    slope (p − label)/B is written with tanh, for equal bits at every place of a stack (see
    :func:`applicability.learners.activations.sigmoid`).
    """
    signs = signs[..., None]
    draws = signs.shape[1]
    loss = functional.logsigmoid(signs * logits).sum((1, 2)).div_(-draws)
    return loss, torch.tanh(logits / 2).sub_(signs).div_(2 * draws)


def cross_entropy(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy: mean loss [R] of logits [R, B, G], and its slope [R, B, G].

    labels: [R, B], the groups' indices. The slope is (p − own)/B, with p the logits' softmax and own 1 for the draw's
    group, 0 for others.
    """
    logits = logits - logits.amax(-1, keepdim=True)
    weights = logits.exp()
    total = weights.sum(-1)
    own = functional.one_hot(labels, logits.shape[-1])
    losses = total.log() - (logits * own).sum(-1)
    return losses.mean(1), (weights / total[..., None] - own) / labels.shape[1]


def batches(
    x: Tensor, labels: Tensor, size: int, steps: int, generators: list[torch.Generator]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Shuffled batches of x [R, N, d] and labels [R, N] for `steps` steps or more.

    Each replicate has an order of its own, the one of `DataLoader(shuffle=True)`: per epoch it takes two 64-bit
    integers from the replicate's generator, of which the second seeds a generator for the permutation. The last batch
    of an epoch may be short. One batch of all draws is not shuffled, for its order is immaterial, and takes no numbers.
    """
    draws = x.shape[1]
    columns = x.mT.contiguous()  # gathering in columns is several times faster than in rows
    for _ in range(-(-steps // -(-draws // size))):
        epoch_x, epoch_labels = x, labels
        if draws > size:
            order = torch.stack([permutation(draws, each) for each in generators]).to(x.device)
            epoch_x = columns.gather(2, order[:, None].expand(columns.shape)).mT
            epoch_labels = labels.gather(1, order)
        yield from zip(epoch_x.split(size, 1), epoch_labels.split(size, 1), strict=True)


def permutation(draws: int, generator: torch.Generator) -> Tensor:
    """The order of an epoch's draws, as a `DataLoader` takes it from a generator."""
    _, seed = torch.empty(2, dtype=torch.int64).random_(generator=generator).tolist()
    return torch.randperm(draws, generator=torch.Generator().manual_seed(seed))
