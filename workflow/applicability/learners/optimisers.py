"""The optimisers SGD, Adam and AdamW, as torch.optim defines them.

An optimiser is a function of its options that gives a step: a function that changes parameters in place by their
gradients, and keeps what it needs of them in lists of tensors, its moments. Moments are the caller's, who may drop
replicates from them. Every operation is elementwise, so stacked networks stay independent. torch's `_foreach`
operations act on a list of tensors in one call. torch.optim itself costs too much: importing it takes longer than most
cells, its bookkeeping a fifth of a step and more.
Used by training.py. May import tasks, storage, study, randomness, logits and errors.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Moments = dict[str, list[Tensor]]  # name -> a tensor for each parameter; empty before the first step
Step = Callable[[list[Tensor], list[Tensor], Moments], None]  # of parameters, gradients and moments


def sgd(lr: float, momentum: float = 0, nesterov: bool = False, weight_decay: float = 0) -> Step:
    """Stochastic gradient descent (torch.optim.SGD)."""

    def step(parameters: list[Tensor], gradients: list[Tensor], moments: Moments) -> None:
        gradients = decayed(gradients, parameters, weight_decay)
        if momentum:
            if not moments:
                moments["velocities"] = [gradient.clone() for gradient in gradients]
            else:
                torch._foreach_mul_(moments["velocities"], momentum)
                torch._foreach_add_(moments["velocities"], gradients)
            velocities = moments["velocities"]
            gradients = torch._foreach_add(gradients, velocities, alpha=momentum) if nesterov else velocities
        torch._foreach_add_(parameters, gradients, alpha=-lr)

    return step


def adam(
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled: bool = False,
) -> Step:
    """Adam (torch.optim.Adam), Kingma & Ba 2015; with `decoupled` weight decay AdamW, Loshchilov & Hutter 2019."""
    beta1, beta2 = betas
    count = 0

    def step(parameters: list[Tensor], gradients: list[Tensor], moments: Moments) -> None:
        nonlocal count
        count += 1
        if not moments:
            moments |= {name: [torch.zeros_like(each) for each in parameters] for name in ("means", "squares")}
        means, squares = moments["means"], moments["squares"]
        rate, root = lr / (1 - beta1**count), math.sqrt(1 - beta2**count)
        if not decoupled:
            gradients = decayed(gradients, parameters, weight_decay)
        if decoupled:
            torch._foreach_mul_(parameters, 1 - lr * weight_decay)
        torch._foreach_lerp_(means, gradients, 1 - beta1)
        torch._foreach_mul_(squares, beta2)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - beta2)
        roots = torch._foreach_sqrt(squares)
        torch._foreach_div_(roots, root)
        torch._foreach_add_(roots, eps)
        torch._foreach_addcdiv_(parameters, means, roots, value=-rate)

    return step


def adamw(
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Step:
    """AdamW (torch.optim.AdamW)."""
    return adam(lr, betas, eps, weight_decay, decoupled=True)


def decayed(gradients: list[Tensor], parameters: list[Tensor], weight_decay: float) -> list[Tensor]:
    """Gradients of the loss with the penalty weight_decay/2 · |parameters|² added."""
    if not weight_decay:
        return gradients
    return torch._foreach_add(gradients, parameters, alpha=weight_decay)


OPTIMISERS = {
    "sgd": sgd,
    "adam": adam,
    "adamw": adamw,
}
