"""R independent multilayer perceptrons of one shape, with one batched product a layer.

Used by learners, scores and the stages train, test and example. May import tasks, storage, study, randomness, logits
and errors.
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from applicability.learners.activations import ACTIVATIONS
from applicability.learners.device import one_thread
from applicability.learners.predictor import Predictor, logits_of_outputs

PIECE = 256  # inputs per replicate that are evaluated at a time


class Passed(NamedTuple):
    """A layer's input x = kept·y with y = activation(z), stored for backpropagation."""

    x: Tensor
    z: Tensor
    y: Tensor
    kept: Tensor | None  # the dropout's factors; None: no dropout


@dataclass
class StackedNetwork(Predictor):
    """R networks: each layer's weights [R, in, out] and biases [R, 1, out]; one activation."""

    weights: list[Tensor]
    biases: list[Tensor]
    activation: str
    dropout: float = 0.0

    @classmethod
    def initial(cls, sizes: list[int], generators: list[torch.Generator], activation: str, dropout: float = 0.0):
        """One network per generator, with the initial weights of a fresh `nn.Linear`.

        sizes: [in, hidden ..., out], units of each layer. Each network is drawn on its own: `nn.init` on a stacked 3-D
        tensor would take the wrong fan.
        """
        networks = [
            [linear(inputs, outputs, generator) for inputs, outputs in zip(sizes, sizes[1:], strict=False)]
            for generator in generators
        ]
        layers = list(zip(*networks, strict=True))  # per layer: R pairs of weight and bias
        weights = [torch.stack([weight.T for weight, _ in layer]) for layer in layers]
        biases = [torch.stack([bias[None] for _, bias in layer]) for layer in layers]
        return cls(weights, biases, activation, dropout)

    @property
    def parameters(self) -> list[Tensor]:
        """The weights of every layer, then the biases."""
        return [*self.weights, *self.biases]

    def to(self, *place) -> Self:
        """The networks on another device or in another precision; `place` as `Tensor.to` takes it."""
        weights, biases = ([each.to(*place) for each in tensors] for tensors in (self.weights, self.biases))
        return replace(self, weights=weights, biases=biases)

    def first(self, count: int) -> Self:
        """The first networks of the stack, in the same memory."""
        weights, biases = ([each[:count] for each in tensors] for tensors in (self.weights, self.biases))
        return replace(self, weights=weights, biases=biases)

    def copy(self) -> Self:
        """The networks in memory of their own."""
        weights, biases = ([each.clone() for each in tensors] for tensors in (self.weights, self.biases))
        return replace(self, weights=weights, biases=biases)

    def __call__(self, x: Tensor) -> Tensor:
        """Logits [R, B, out] of inputs [R, B, in]."""
        return self.forward(x)[0]

    def forward(self, x: Tensor, masks: list[torch.Generator] | None = None) -> tuple[Tensor, list[Passed]]:
        """Logits [R, B, out] of inputs x [R, B, in], and layer values for :meth:`gradients`.

        masks: a generator per replicate switches dropout on.
        """
        activation = ACTIVATIONS[self.activation].of
        *hidden, last = zip(self.weights, self.biases, strict=True)
        passed = [Passed(x, x, x, None)]
        for weight, bias in hidden:
            z = affine(x, weight, bias)
            x = y = activation(z)
            kept = None
            if masks and self.dropout:
                kept = keep(y.shape, self.dropout, masks).to(y) / (1 - self.dropout)
                x = y * kept
            passed.append(Passed(x, z, y, kept))
        return affine(x, *last), passed

    def gradients(self, passed: list[Passed], slope: Tensor) -> list[Tensor]:
        """Gradients of a loss in each of the parameters, by backpropagation.

        passed: of :meth:`forward`. slope: ∂loss/∂logits, [R, B, out]. Autograd gives the same gradients, but its graph
        takes as long as the arithmetic.
        """
        derivative = ACTIVATIONS[self.activation].slope
        weights, biases = [], []
        for layer in reversed(range(len(passed))):
            x, z, y, kept = passed[layer]
            weights.append(over_draws(x, slope))
            biases.append(slope.sum(1, keepdim=True))
            if layer:
                slope = backwards(slope, self.weights[layer])
                slope = derivative(slope if kept is None else slope.mul_(kept), z, y)
        return [*reversed(weights), *reversed(biases)]

    def sound(self) -> np.ndarray:
        """Whether all parameters of each network are finite numbers, [R]."""
        finite = [torch.isfinite(parameter).flatten(1).all(1).cpu().numpy() for parameter in self.parameters]
        return np.all(finite, axis=0)

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits [R, M, K] in float64 of draws x [R or 1, M, d]; NaN where an output is not a finite number."""
        return logits_of_outputs(self.outputs(x))

    @one_thread()
    def outputs(self, x: np.ndarray) -> np.ndarray:
        """Outputs [R, M, out] in float64 of inputs x [R or 1, M, in].

        Computed in the networks' precision, on their device, in pieces of x that fit a cache.
        """
        weight = self.weights[0]
        with torch.inference_mode():
            pieces = [
                self(piece.to(weight).expand(len(weight), -1, -1)) for piece in torch.from_numpy(x).split(PIECE, 1)
            ]
            return torch.cat(pieces, 1).cpu().double().numpy()

    def content(self) -> dict:
        """Tensors and plain values to store."""
        return asdict(self)

    def fold(self, centre: Tensor, spread: Tensor) -> None:
        """Fold a standardisation in: networks trained on (x − centre) / spread become networks on x.

        centre, spread: [R, 1, in].
        """
        self.weights[0] /= spread.mT
        self.biases[0] -= centre @ self.weights[0]

    def reweigh(self, factors: np.ndarray) -> None:
        """Change prior probabilities: the log-odds of a group rise by the log of its factor, less the others'.

        factors: [G], new prior probabilities over those of the training draws.
        Source: Saerens, Latinne and Decaestecker, Adjusting the outputs of a classifier to new a priori probabilities,
        Neural Computation 14, 2002.
        """
        shift, last = torch.from_numpy(np.log(factors)), self.biases[-1]
        last += (shift[1:] - shift[:1] if last.shape[-1] == 1 else shift).to(last)


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """x·weight + bias, [R, B, out]."""
    if weight.shape[1] == 1:  # a matrix product over one index is slower than a multiplication
        return torch.addcmul(bias, x, weight)
    return torch.bmm(x, weight).add_(bias)


def backwards(slope: Tensor, weight: Tensor) -> Tensor:
    """slope·weightᵀ, [R, B, in]."""
    if weight.shape[2] == 1:
        return slope * weight.mT
    return torch.bmm(slope, weight.mT)


def over_draws(x: Tensor, slope: Tensor) -> Tensor:
    """xᵀ·slope, [R, in, out], summed over the draws of x [R, B, in] and slope [R, B, out]."""
    if slope.shape[2] < x.shape[2]:  # a flat matrix times a tall one is faster than the transposed product
        return torch.bmm(slope.mT, x).mT
    return torch.bmm(x.mT, slope)


def linear(inputs: int, outputs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Weight [out, in] and bias [out] drawn from the initial distribution of `nn.Linear`."""
    weight, bias = torch.empty(outputs, inputs), torch.empty(outputs)
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    bound = 1 / math.sqrt(inputs)
    nn.init.uniform_(bias, -bound, bound, generator=generator)
    return weight, bias


def keep(shape: torch.Size, dropout: float, generators: list[torch.Generator]) -> Tensor:
    """Dropout mask of `shape` [R, B, width], true for kept units; a generator per replicate."""
    return torch.stack([torch.rand(shape[1:], generator=generator) for generator in generators]) >= dropout
