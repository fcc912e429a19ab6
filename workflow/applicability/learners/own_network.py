"""A network of your own: a factory of `nn.Module` in a Python file of yours.

    class Net(nn.Module):
        def __init__(self, inputs, outputs, width): ...  # outputs: 1 of two groups, G of more; then keys of the config
        def forward(self, x): ...                 # of x [B, inputs] the second group's log-odds [B, 1], or G logits
        def loss(self, outputs, labels): ...      # what is minimised, of groups' indices [B]; left out: cross-entropy
        def scheduler(self, optimiser): ...       # of torch.optim.lr_scheduler, a step an epoch; left out: none

Replicates are trained one after another, by autograd and torch.optim, with the batch orders of the library's own
networks. torch's global random numbers are those of the replicate, from its stream of initial weights as a module is
made, from that of dropout as it is trained, and as they were behind. Whatever is minimised, log-losses are kept.
It is trusted code. Used by learners. May import tasks, storage, study, randomness, logits, own_code and errors.
"""

import contextlib
import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from applicability.learners.device import one_thread
from applicability.learners.predictor import Predictor, logits_of_outputs
from applicability.learners.training import batches, draw_losses
from applicability.own_code import called, found_in
from applicability.study.learner import OwnNetwork

OPTIMISERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
PIECE = 1000  # inputs that are evaluated at a time


@dataclass
class OwnNetworks(Predictor):
    """R modules of one factory, and what stands before and behind them."""

    modules: list[nn.Module]
    centre: Tensor  # [R, 1, in]: a module sees (x − centre) / spread
    spread: Tensor
    shift: Tensor  # [out], added to the outputs
    learner: OwnNetwork

    @property
    def trained(self) -> bool:
        """Whether on cross-entropy, so that a large log-loss says that a training diverged."""
        return not self.learner.python["loss"]

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits [R, M, K] in float64 of draws x [R or 1, M, d]; NaN where an output is not a finite number."""
        return logits_of_outputs(self.outputs(x))

    @one_thread()
    def outputs(self, x: np.ndarray) -> np.ndarray:
        """Outputs [R, M, out] in float64 of inputs x [R or 1, M, in]. Raises InputError for what a module raises."""
        x = torch.from_numpy(x).expand(len(self.modules), -1, -1)
        with torch.inference_mode():
            return np.stack(
                [self.outputs_of_one(*each) for each in zip(self.modules, self.centre, self.spread, x, strict=True)]
            )

    def outputs_of_one(self, module: nn.Module, centre: Tensor, spread: Tensor, x: Tensor) -> np.ndarray:
        """Outputs [M, out] of a module for inputs x [M, in], none of which depends on the others."""
        pieces = ((each.to(centre) - centre) / spread for each in x.split(PIECE))
        found = [forward(self.learner, module.eval(), each) for each in pieces]
        return (torch.cat(found) + self.shift).cpu().double().numpy()

    def sound(self) -> np.ndarray:
        """Whether all parameters of each module are finite numbers, [R]."""
        modules = self.modules
        return np.array([all(torch.isfinite(each).all().item() for each in module.parameters()) for module in modules])

    def to(self, *place) -> Self:
        """Copies of the modules on another device or in another precision."""
        modules = [copy.deepcopy(module).to(*place) for module in self.modules]
        tensors = {name: getattr(self, name).to(*place) for name in ("centre", "spread", "shift")}
        return replace(self, modules=modules, **tensors)

    def fold(self, centre: Tensor, spread: Tensor) -> None:
        """Put a standardisation before modules that were trained on (x − centre) / spread."""
        self.centre, self.spread = centre, spread

    def reweigh(self, factors: np.ndarray) -> None:
        """Change prior probabilities, as :meth:`applicability.learners.network.StackedNetwork.reweigh` does."""
        shift = torch.from_numpy(np.log(factors))
        self.shift = (shift[1:] - shift[:1] if len(self.shift) == 1 else shift).to(self.shift)

    def content(self) -> dict:
        """Tensors and plain values to store."""
        states = [module.state_dict() for module in self.modules]
        return {"states": states, "centre": self.centre, "spread": self.spread, "shift": self.shift}

    @classmethod
    def of_content(cls, content: dict, learner: OwnNetwork) -> Self:
        """The modules of :meth:`content`, made anew by the factory. Raises InputError where the file has changed."""
        inputs, outputs = content["centre"].shape[-1], len(content["shift"])
        modules = []
        for state in content["states"]:
            modules.append(make_module(learner, inputs, outputs, torch.Generator().manual_seed(0)))
            modules[-1].load_state_dict(state)
        return cls(modules, content["centre"], content["spread"], content["shift"], learner)


def make_module(learner: OwnNetwork, inputs: int, outputs: int, generator: torch.Generator) -> nn.Module:
    """A module of a learner's factory, drawn from the numbers of a generator's seed.

    Raises InputError where the file is not the one that the config was read with, or for what the factory raises.
    """
    described = learner.python
    factory = found_in(described["file"], described["digest"], described["name"], "class or function")
    with seeded(generator, torch.device("cpu")):
        return called(
            described["file"], described["name"], factory, inputs=inputs, outputs=outputs, **described["arguments"]
        )


@contextlib.contextmanager
def seeded(generator: torch.Generator, device: torch.device) -> Iterator[None]:
    """Within the block torch's global random numbers begin at a generator's seed; behind it they are as before."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(generator.initial_seed())
        yield


def forward(learner: OwnNetwork, module: nn.Module, x: Tensor) -> Tensor:
    """Outputs [B, out] of a module. Raises InputError for what it raises."""
    return called(learner.python["file"], f"{learner.python['name']}.forward", module, x)


@dataclass
class OwnTraining:
    """A training of one module, in place."""

    module: nn.Module
    learner: OwnNetwork
    x: Tensor  # [N, d]
    labels: Tensor  # [N], the groups' indices

    def __post_init__(self):
        [(name, options)] = self.learner.optimiser.items()
        self.optimiser = OPTIMISERS[name](self.module.parameters(), **options)
        make = getattr(self.module, "scheduler", None)
        self.scheduler = self.called("scheduler", make, self.optimiser) if make else None
        self.minimised = getattr(self.module, "loss", None)

    def called(self, what: str, function: Callable, *arguments):
        """What a method of the module returns. Raises InputError for what it raises."""
        return called(self.learner.python["file"], f"{self.learner.python['name']}.{what}", function, *arguments)

    def steps(self, total: int, shuffle: torch.Generator) -> Iterator[Tensor]:
        """Train for a number of steps; yields the mean log-loss of each batch, in nat."""
        order = batches(self.x[None], self.labels[None], self.learner.batch_size, total, [shuffle])
        for inputs, labels in islice(order, total):
            outputs = forward(self.learner, self.module.train(), inputs[0])
            kept = loss = log_losses(outputs, labels[0]).mean()
            if self.minimised:
                loss = self.called("loss", self.minimised, outputs, labels[0])
            self.optimiser.zero_grad()
            self.called("loss", backward, loss)
            self.optimiser.step()
            yield kept.detach()

    def end_epoch(self) -> None:
        """A step of the scheduler, if there is one."""
        if self.scheduler:
            self.called("scheduler", self.scheduler.step)

    def loss(self, x: Tensor, labels: Tensor, weights: Tensor) -> float:
        """Weighed log-loss of other inputs [M, d], in nat. labels, weights: [M], the weights of sum 1."""
        pieces = (each.split(self.learner.batch_size) for each in (x, labels))
        with torch.no_grad():
            self.module.eval()
            pairs = zip(*pieces, strict=True)
            found = [log_losses(forward(self.learner, self.module, each), groups) for each, groups in pairs]
            return (torch.cat(found) * weights).sum().item()


def backward(loss: Tensor) -> None:
    """The gradients of a loss."""
    loss.backward()


def log_losses(outputs: Tensor, labels: Tensor) -> Tensor:
    """−ln p̂ of its group [B] for each draw, in nat, of outputs [B, out]. labels: [B], the groups' indices."""
    targets = 2 * labels.to(outputs.dtype) - 1 if outputs.shape[-1] == 1 else labels
    return draw_losses(outputs[None], targets[None])[0]


def train_module(
    training: OwnTraining, shuffle: torch.Generator, held: tuple[Tensor, Tensor, Tensor] | None
) -> tuple[list[Tensor], list[float]]:
    """Train a module for its budget, or until it is stopped; losses of steps, and of held-out draws after epochs, nat.

    held: inputs [V, d], groups [V] and weights [V] of held-out draws; None: of none. With them it stops as
    :func:`applicability.learners.fitting.stopped_early` does.
    """
    learner, draws, losses, validation = training.learner, len(training.x), [], []
    an_epoch, total = -(-draws // learner.batch_size), learner.total_steps(draws)
    best, least, stale = None, math.inf, 0
    while len(losses) < total and stale < (learner.patience or math.inf):
        losses += training.steps(min(an_epoch, total - len(losses)), shuffle)
        training.end_epoch()
        if held:
            validation.append(training.loss(*held))
            lower = validation[-1] < least or best is None
            least, stale = np.fmin(validation[-1], least), 0 if lower else stale + 1
            best = copy.deepcopy(training.module.state_dict()) if lower else best
    if held:
        training.module.load_state_dict(best)
    return losses, validation
