"""SGD, Adam and AdamW as torch.optim defines them, without its cost: importing it takes longer than most cells, and
its bookkeeping a fifth of a step and more. Each is elementwise, so stacked networks stay independent.

An optimiser is a function that updates its parameters in place from their gradients; its state is in its closure.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Step = Callable[[list[Tensor]], None]


def sgd(
    parameters: list[Tensor], lr: float, momentum: float = 0, nesterov: bool = False, weight_decay: float = 0
) -> Step:
    """Stochastic gradient descent (torch.optim.SGD)."""
    velocities = None

    def step(gradients: list[Tensor]) -> None:
        nonlocal velocities
        gradients = decayed(gradients, parameters, weight_decay)
        if momentum:
            if velocities is None:
                velocities = [gradient.clone() for gradient in gradients]
            else:
                for velocity, gradient in zip(velocities, gradients, strict=True):
                    velocity.mul_(momentum).add_(gradient)
            ahead = zip(gradients, velocities, strict=True)
            gradients = [g.add(v, alpha=momentum) for g, v in ahead] if nesterov else velocities
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.add_(gradient, alpha=-lr)

    return torch.no_grad()(step)


def adam(
    parameters: list[Tensor],
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = False,
) -> Step:
    """Adam (torch.optim.Adam), Kingma & Ba 2015; with `decoupled` weight decay AdamW, Loshchilov & Hutter 2019."""
    beta1, beta2 = betas
    means = [torch.zeros_like(parameter) for parameter in parameters]
    squares = [torch.zeros_like(parameter) for parameter in parameters]
    count = 0

    def step(gradients: list[Tensor]) -> None:
        nonlocal count
        count += 1
        rate, root = lr / (1 - beta1**count), math.sqrt(1 - beta2**count)
        if not decoupled:
            gradients = decayed(gradients, parameters, weight_decay)
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares, strict=True):
            if decoupled:
                parameter.mul_(1 - lr * weight_decay)
            mean.lerp_(gradient, 1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            parameter.addcdiv_(mean, (square.sqrt() / root).add_(eps), value=-rate)

    return torch.no_grad()(step)


def adamw(parameters: list[Tensor], lr: float, weight_decay: float = 0.01, **options) -> Step:
    """AdamW (torch.optim.AdamW)."""
    return adam(parameters, lr, weight_decay=weight_decay, decoupled=True, **options)


def decayed(gradients: list[Tensor], parameters: list[Tensor], weight_decay: float) -> list[Tensor]:
    """Gradients of the loss with the penalty weight_decay/2 · |parameters|² added."""
    if not weight_decay:
        return gradients
    return [g.add(p, alpha=weight_decay) for g, p in zip(gradients, parameters, strict=True)]


OPTIMISERS = {"sgd": sgd, "adam": adam, "adamw": adamw}
