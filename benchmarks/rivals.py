"""The same training as others would write it: a 1-64-64-1 ReLU network, binary cross-entropy, plain SGD, batch 256.

Each function takes draws x [R, N, 1] and labels y [R, N] (float32, NumPy; N a multiple of the batch) and gives a
function that trains R networks for one epoch, in a new order.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

BATCH, RATE = 256, 0.01
Epoch = Callable[[], object]


def plain() -> nn.Sequential:
    """The network as PyTorch's users write it."""
    return nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))


def one_epoch(network: nn.Module, optimiser: torch.optim.Optimizer, loader: DataLoader) -> None:
    """An epoch of the loop of every tutorial."""
    loss = nn.BCEWithLogitsLoss()
    for inputs, labels in loader:
        optimiser.zero_grad()
        value = loss(network(inputs).squeeze(-1), labels)
        value.backward()
        optimiser.step()
        value.item()


def data_loader(x: np.ndarray, y: np.ndarray) -> Epoch:
    """One network after the other, with a DataLoader."""
    networks = [plain() for _ in x]
    optimisers = [torch.optim.SGD(network.parameters(), lr=RATE) for network in networks]
    data = [TensorDataset(torch.from_numpy(xs), torch.from_numpy(ys)) for xs, ys in zip(x, y, strict=True)]
    loaders = [DataLoader(each, batch_size=BATCH, shuffle=True) for each in data]

    def epoch() -> None:
        for each in zip(networks, optimisers, loaders, strict=True):
            one_epoch(*each)

    return epoch


def scikit_learn(x: np.ndarray, y: np.ndarray) -> Epoch:
    """One MLPClassifier after the other."""
    options = {"solver": "sgd", "alpha": 0, "momentum": 0, "learning_rate_init": RATE, "batch_size": BATCH}
    networks = [MLPClassifier((64, 64), **options) for _ in x]

    def epoch() -> None:
        for network, xs, ys in zip(networks, x, y, strict=True):
            network.partial_fit(xs, ys, classes=[0, 1])  # one epoch, shuffled

    return epoch


def vmap(x: np.ndarray, y: np.ndarray) -> Epoch:
    """All networks at once, by torch.func."""
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    networks = [plain() for _ in x]
    parameters, _ = torch.func.stack_module_state(networks)
    parameters = {name: value.detach() for name, value in parameters.items()}

    def loss(parameters: dict, inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        logits = torch.func.functional_call(networks[0], parameters, inputs).squeeze(-1)
        return functional.binary_cross_entropy_with_logits(logits, labels)

    slopes = torch.func.vmap(torch.func.grad_and_value(loss))

    def epoch() -> None:
        order = torch.rand(labels.shape).argsort(1)
        batches = zip(
            inputs.take_along_dim(order[..., None], 1).split(BATCH, 1),
            labels.take_along_dim(order, 1).split(BATCH, 1),
            strict=True,
        )
        for batch in batches:
            gradients, _ = slopes(parameters, *batch)
            for name, gradient in gradients.items():
                parameters[name].sub_(gradient, alpha=RATE)

    return epoch


def jax_scan(x: np.ndarray, y: np.ndarray) -> Epoch:
    """All networks at once, an epoch compiled to one program."""
    steps, draws = x.shape[1] // BATCH, x.shape[1]
    sizes = [(1, 64), (64, 64), (64, 1)]
    keys = jax.random.split(jax.random.key(0), len(x))

    def initial(key: jax.Array) -> list:
        keys = jax.random.split(key, len(sizes))
        bounds = [size[0] ** -0.5 for size in sizes]
        drawn = [
            jax.random.uniform(key, size, minval=-bound, maxval=bound)
            for key, size, bound in zip(keys, sizes, bounds, strict=True)
        ]
        return [(weight, jnp.zeros(weight.shape[1])) for weight in drawn]

    def loss(parameters: list, inputs: jax.Array, labels: jax.Array) -> jax.Array:
        *hidden, (weight, bias) = parameters
        for hidden_weight, hidden_bias in hidden:
            inputs = jax.nn.relu(inputs @ hidden_weight + hidden_bias)
        logits = (inputs @ weight + bias)[:, 0]
        return (jax.nn.softplus(logits) - labels * logits).mean()

    def step(parameters: list, batch: tuple) -> tuple:
        value, gradients = jax.value_and_grad(loss)(parameters, *batch)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradients), value

    def one(parameters: list, key: jax.Array, inputs: jax.Array, labels: jax.Array) -> tuple:
        order = jax.random.permutation(key, draws)[: steps * BATCH].reshape(steps, BATCH)
        return jax.lax.scan(step, parameters, (inputs[order], labels[order]))

    train = jax.jit(jax.vmap(one))
    state = {"parameters": jax.vmap(initial)(keys), "epoch": 0}
    inputs, labels = jnp.asarray(x), jnp.asarray(y)

    def epoch() -> None:
        state["epoch"] += 1
        keys = jax.random.split(jax.random.key(state["epoch"]), len(x))
        state["parameters"], losses = train(state["parameters"], keys, inputs, labels)
        losses.block_until_ready()

    return epoch
