"""Training step by step of stacked networks: batches, loss, gradients and the optimiser's update.

Used by fitting.py and the stage example. May import tasks, storage, study, randomness, logits and errors.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor
from torch.nn import functional

from applicability.learners.network import StackedNetwork
from applicability.learners.optimisers import OPTIMISERS
from applicability.study.learner import Network


@dataclass
class Training:
    """A training of R replicates that goes on, in place."""

    network: StackedNetwork  # one output means two groups
    x: Tensor  # [R, N, d]
    labels: Tensor  # [R, N], the groups' indices
    learner: Network  # gives batch size and optimiser
    shuffle: list[torch.Generator]  # one per replicate
    dropout: list[torch.Generator] | None = None  # one per replicate; None: no unit is dropped

    def __post_init__(self):
        [(name, options)] = self.learner.optimiser.items()
        self.update, self.moments = OPTIMISERS[name](**options), {}
        self.labels = self.targets(self.labels)

    def steps(self, total: int) -> Iterator[tuple[Tensor, list[Tensor]]]:
        """Train for a number of steps, from the beginning of an epoch on.

        Yields after each step the batch's mean loss [R], in nat, and its gradients, in the order of the network's
        parameters.
        """
        network, parameters, entropy = self.network, self.network.parameters, self.entropy
        size = self.learner.batch_size
        for inputs, labels in islice(batches(self.x, self.labels, size, total, self.shuffle), total):
            logits, passed = network.forward(inputs, self.dropout)
            loss, slope = entropy(logits, labels)
            gradients = network.gradients(passed, slope)
            self.update(parameters, gradients, self.moments)
            yield loss, gradients

    @property
    def entropy(self) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """The loss and its slope, of logits and :meth:`targets`."""
        return binary_cross_entropy if self.network.biases[-1].shape[-1] == 1 else cross_entropy

    def targets(self, labels: Tensor) -> Tensor:
        """Indices of groups [R, N] as the loss takes them; of two groups as 1 for the second and −1 for the first."""
        return 2 * labels.to(self.x.dtype) - 1 if self.entropy is binary_cross_entropy else labels

    def loss(self, x: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        """Weighed loss [R] of other inputs [R, M, d], in nat, without dropout.

        targets: of :meth:`targets`, [R, M]. weights: [M], of sum 1.
        """
        pieces = (each.split(self.learner.batch_size, 1) for each in (x, targets))
        losses = [draw_losses(self.network(each), target) for each, target in zip(*pieces, strict=True)]
        return (torch.cat(losses, 1) * weights).sum(1)

    def keep(self, count: int) -> None:
        """Go on with the first replicates alone."""
        self.network = self.network.first(count)
        self.moments = {name: [each[:count] for each in tensors] for name, tensors in self.moments.items()}
        self.x, self.labels, self.shuffle = self.x[:count], self.labels[:count], self.shuffle[:count]
        self.dropout = self.dropout and self.dropout[:count]


def draw_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy [R, B] of each draw, of logits [R, B, K] and :meth:`Training.targets` [R, B]."""
    if logits.shape[-1] == 1:
        return -functional.logsigmoid(targets * logits[..., 0])
    return torch.logsumexp(logits, -1) - logits.gather(-1, targets[..., None])[..., 0]


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
