"""Activations of a network, each with its slope."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(−x)), the same bits wherever an element stands in its tensor.

    torch.sigmoid, silu and elu round the last few elements of a tensor otherwise than the rest, so that results would
    depend on how many replicates are stacked; tanh and expm1 do not.
    """
    return (1 + torch.tanh(x / 2)) / 2


class Activation(NamedTuple):
    """y = of(z), which may overwrite z; and from the slope of a loss in y the one in z, which may overwrite it."""

    of: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor, Tensor, Tensor], Tensor]  # of the slope in y, z and y


def silu_slope(slope: Tensor, z: Tensor, y: Tensor) -> Tensor:
    """Of y = z·p, p = sigmoid(z)."""
    p = sigmoid(z)
    return slope * (p + y * (1 - p))


def relu_slope(slope: Tensor, z: Tensor, y: Tensor) -> Tensor:
    """In place: 0 where y is."""
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
