"""Activation functions of a network, each with its derivative.

Used by network.py. May import tasks, storage, study, randomness, logits and errors.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


def sigmoid(x: Tensor) -> Tensor:
    """Logistic sigmoid 1 / (1 + exp(−x)), with equal bits at every place of a tensor.

    torch.sigmoid, silu and elu round the last few elements of a tensor differently: results would depend on the number
    of stacked replicates. tanh and expm1 round all elements alike.
    """
    return (1 + torch.tanh(x / 2)) / 2


class Activation(NamedTuple):
    """An activation function y = of(z) and its backpropagation.

    `of` may overwrite z; `slope` may overwrite ∂loss/∂y.
    """

    of: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor, Tensor], Tensor]  # (∂loss/∂y, z, y) -> ∂loss/∂z


def silu_slope(slope: Tensor, z: Tensor, y: Tensor) -> Tensor:
    """∂loss/∂z of y = z·p, p = sigmoid(z), from the slope ∂loss/∂y."""
    p = sigmoid(z)
    return slope * (p + y * (1 - p))


def relu_slope(slope: Tensor, z: Tensor, y: Tensor) -> Tensor:
    """∂loss/∂z of y = max(z, 0), from the slope ∂loss/∂y, in place: 0 where y is 0."""
    return torch.ops.aten.threshold_backward.grad_input(slope, y, 0, grad_input=slope)


ACTIVATIONS = {
    "relu": Activation(torch.relu_, relu_slope),
    "leaky_relu": Activation(functional.leaky_relu, lambda slope, z, y: torch.where(z > 0, slope, 0.01 * slope)),
    "elu": Activation(
        lambda z: torch.where(z > 0, z, torch.expm1(z.clamp_max(0))),
        lambda slope, z, y: slope * (1 + y.clamp_max(0)),
    ),
    "silu": Activation(lambda z: z * sigmoid(z), silu_slope),
    "gelu": Activation(functional.gelu, lambda slope, z, y: torch.ops.aten.gelu_backward.default(slope, z)),
    "tanh": Activation(torch.tanh, lambda slope, z, y: slope * (1 - y * y)),
    "sigmoid": Activation(sigmoid, lambda slope, z, y: slope * (y * (1 - y))),
}
