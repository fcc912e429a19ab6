"""The published 1-D example, through the library's own pieces: one stream of random numbers under seed 0.

Two Gaussians at 1 and 2 of scale 0.2, a 1-64-64-1 ReLU network, SGD at 0.01, 70 epochs of batch 256: 99.355 %.
"""

import numpy as np
import pytest
import torch
from applicability.network import StackedNetwork
from applicability.score import own_group, score
from applicability.test import evaluate
from applicability.train import fit
from conftest import make_learner

N, SCALE = 10_000, 0.2


@pytest.fixture(scope="module")
def example():
    """Losses [5530] of every step, and the scores on fresh draws."""
    stream = torch.Generator().manual_seed(0)
    train = groups(stream)
    network = StackedNetwork.initial([1, 64, 64, 1], [stream], "relu")
    learner = make_learner(hidden=[64, 64], batch_size=256, epochs=70, optimiser={"sgd": {"lr": 0.01}})
    labels = torch.arange(2.0).repeat_interleave(N)[None]
    losses = fit(network, train.reshape(1, 2 * N, 1), labels, learner, [stream])
    logits = evaluate(network, groups(stream).numpy())
    return losses[:, 0].numpy(), score(logits.reshape(1, -1), own_group(N))


def groups(stream: torch.Generator) -> torch.Tensor:
    """10,000 draws of a and then of b, [1, 2, N, 1]."""
    return torch.stack([torch.normal(mean, SCALE, (N, 1), generator=stream) for mean in (1.0, 2.0)])[None]


def test_accuracy_is_the_published_one(example):
    assert f"{example[1]['accuracy'][0]:.3%}" == "99.355%"


def test_losses_are_the_published_ones(example):
    losses, _ = example
    assert len(losses) == 5530
    epochs = losses.reshape(70, 79).mean(1)
    expected = [0.113065, 0.046027, 0.033102, 0.027790, 0.025111, 0.023349, 0.022386]
    np.testing.assert_allclose(epochs[9::10], expected, atol=1e-6)
    np.testing.assert_allclose(losses[[0, -1]], [0.664192, 0.009363], atol=1e-6)
