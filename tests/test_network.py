"""Stacked networks: activations, gradients, dropout, and what is saved. (That each is a plain one: test_train.py.)"""

import pytest
import torch
from applicability.learners import network as networks
from applicability.learners.network import StackedNetwork
from applicability.learners.saved import load, save
from torch import nn


def generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


@pytest.mark.parametrize("name", networks.ACTIVATIONS)
def test_activations_are_torchs(name):
    x = torch.linspace(-3, 3, 50)
    torch.testing.assert_close(networks.ACTIVATIONS[name].of(x.clone()), getattr(nn.functional, name)(x))


@pytest.mark.parametrize("name", networks.ACTIVATIONS)
@pytest.mark.parametrize("sizes", [[1, 6, 5, 1], [3, 7, 2, 4], [2, 1], [1, 1, 1]], ids=str)
@pytest.mark.parametrize("dropout", [0, 0.4])
def test_gradients_are_autograds(name, sizes, dropout):
    network = StackedNetwork.initial(sizes, generators(3), name, dropout).to(torch.float64)
    x, slope = (torch.randn(3, 11, width, generator=generators(1)[0]).double() for width in (sizes[0], sizes[-1]))
    logits, passed = network.forward(x, generators(3))
    ours = network.gradients(passed, slope)
    for parameter in network.parameters:
        parameter.requires_grad_()
    logits, _ = network.forward(x, generators(3))
    expected = torch.autograd.grad(logits, network.parameters, slope)
    for one, other in zip(ours, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)


def test_folding_gives_the_same_network_on_raw_inputs():
    network = StackedNetwork.initial([2, 7, 1], generators(3), "tanh")
    x = 5 + 3 * torch.randn(3, 40, 2)
    centre, spread = x.mean(1, keepdim=True), x.std(1, keepdim=True)
    expected = network((x - centre) / spread)
    network.fold(centre, spread)
    torch.testing.assert_close(network(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dropout", [0.2, 0.7])
def test_dropout_acts_in_training_alone_drops_its_share_and_keeps_the_mean(dropout):
    """Units that are all 1, added: 2,000 binomial counts of kept units, over 1 − dropout."""
    weights = [torch.zeros(2, 1, 100), torch.ones(2, 100, 1)]
    network = StackedNetwork(weights, [torch.ones(2, 1, 100), torch.zeros(2, 1, 1)], "relu", dropout)
    x = torch.ones(2, 1000, 1)
    assert (network(x) == 100).all()
    counts = network.forward(x, generators(2))[0] * (1 - dropout)
    torch.testing.assert_close(counts, counts.round(), atol=1e-4, rtol=0)
    kept = 100 * (1 - dropout)
    error = (kept * dropout) ** 0.5
    assert counts.mean().item() == pytest.approx(kept, abs=4 * error / 2000**0.5)
    assert counts.std().item() == pytest.approx(error, rel=0.1)


def test_a_saved_network_comes_back_and_its_bytes_are_its_content(tmp_path):
    for name in ("one.pt", "two.pt"):
        save(StackedNetwork.initial([1, 4, 1], generators(2), "tanh"), tmp_path / name, cell="c")
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()
    network, record = load(tmp_path / "one.pt")
    assert record == {"cell": "c"}
    x = torch.randn(2, 3, 1)
    assert torch.equal(network(x), StackedNetwork.initial([1, 4, 1], generators(2), "tanh")(x))
