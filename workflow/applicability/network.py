"""R independent multilayer perceptrons of one shape, evaluated together with one batched product a layer."""

import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from applicability.files import named, whole

PIECE = 256  # inputs per replicate that are evaluated at a time


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(−x)), the same bits wherever an element stands in its tensor.

    torch.sigmoid, silu and elu round the last few elements of a tensor otherwise than the rest, so that results would
    depend on how many replicates are stacked; tanh and expm1 do not.
    """
    return (1 + torch.tanh(x / 2)) / 2


ACTIVATIONS = {
    "relu": functional.relu,
    "leaky_relu": functional.leaky_relu,
    "elu": lambda x: torch.where(x > 0, x, torch.expm1(x.clamp_max(0))),
    "silu": lambda x: x * sigmoid(x),
    "gelu": functional.gelu,
    "tanh": torch.tanh,
    "sigmoid": sigmoid,
}


class StackedNetwork(nn.Module):
    """Weights [R, in, out] and biases [R, 1, out] of each layer, an activation between the layers, logits out."""

    def __init__(self, weights: list[Tensor], biases: list[Tensor], activation: str, dropout: float = 0.0):
        super().__init__()
        self.weights = nn.ParameterList(weights)
        self.biases = nn.ParameterList(biases)
        self.activation = activation
        self.dropout = dropout

    @classmethod
    def initial(cls, sizes: list[int], generators: list[torch.Generator], activation: str, dropout: float = 0.0):
        """Networks of layer sizes [in, hidden ..., out], one per generator, as a fresh `nn.Linear` draws them.

        (Each on its own: `nn.init` on a stacked 3-D tensor would take the wrong fan.)
        """
        networks = [
            [linear(inputs, outputs, generator) for inputs, outputs in zip(sizes, sizes[1:], strict=False)]
            for generator in generators
        ]
        layers = list(zip(*networks, strict=True))  # per layer: R pairs of weight and bias
        weights = [torch.stack([weight.T for weight, _ in layer]) for layer in layers]
        biases = [torch.stack([bias[None] for _, bias in layer]) for layer in layers]
        return cls(weights, biases, activation, dropout)

    def forward(self, x: Tensor, masks: list[torch.Generator] | None = None) -> Tensor:
        """Logits [R, B, out] of inputs [R, B, in]; dropout where `masks` gives a generator per replicate."""
        activation = ACTIVATIONS[self.activation]
        *hidden, (weight, bias) = zip(self.weights, self.biases, strict=True)
        for hidden_weight, hidden_bias in hidden:
            x = activation(torch.baddbmm(hidden_bias, x, hidden_weight))
            if masks and self.dropout:
                x = x * keep(x.shape, self.dropout, masks).to(x.device) / (1 - self.dropout)
        return torch.baddbmm(bias, x, weight)

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits [R, M, out] in float64 of inputs [R or 1, M, in], in the networks' own precision, on their device.

        In pieces that fit a cache: the activations of a long x would not.
        """
        weight = self.weights[0]
        with torch.inference_mode():
            pieces = [
                self(piece.to(weight).expand(len(weight), -1, -1)) for piece in torch.from_numpy(x).split(PIECE, 1)
            ]
            return torch.cat(pieces, 1).cpu().double().numpy()

    def fold(self, centre: Tensor, spread: Tensor) -> None:
        """Turn networks trained on (x − centre) / spread into the same networks on x. Both are [R, 1, in]."""
        with torch.no_grad():
            self.weights[0] /= spread.mT
            self.biases[0] -= centre @ self.weights[0]


def linear(inputs: int, outputs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Weight [out, in] and bias [out] with the initial distribution of `nn.Linear`."""
    weight, bias = torch.empty(outputs, inputs), torch.empty(outputs)
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator)
    bound = 1 / math.sqrt(inputs)
    nn.init.uniform_(bias, -bound, bound, generator=generator)
    return weight, bias


def keep(shape: torch.Size, dropout: float, generators: list[torch.Generator]) -> Tensor:
    """Dropout mask of `shape` [R, B, width], each replicate's from its own generator."""
    return torch.stack([torch.rand(shape[1:], generator=generator) for generator in generators]) >= dropout


def save(network: StackedNetwork, path: Path, **record) -> None:
    """Write networks with a `record` of plain values: equal content gives equal bytes."""
    state = {name: tensor.cpu() for name, tensor in network.state_dict().items()}
    content = {"state": state, "activation": network.activation, "dropout": network.dropout, **record}
    with whole(path) as part, open(part, "wb") as file:  # a path would put its name into the archive
        torch.save(content, file)


def load(path: Path) -> tuple[StackedNetwork, dict]:
    """Networks that :func:`save` wrote, on the CPU, and their record. Raises InputError for any other file."""
    with named(path, "a model file of the train stage"):
        record = torch.load(path, weights_only=True)
        state = record.pop("state")
        depth = len(state) // 2
        weights, biases = ([state[f"{kind}.{layer}"] for layer in range(depth)] for kind in ("weights", "biases"))
        return StackedNetwork(weights, biases, record.pop("activation"), record.pop("dropout")), record
