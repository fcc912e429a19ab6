"""Training on more than two groups: softmax and cross-entropy are torch's, stacked equals one by one."""

import pytest
import torch
from applicability.learners.network import StackedNetwork
from applicability.learners.training import binary_cross_entropy, cross_entropy, training_steps
from applicability.randomness import torch_generators
from applicability.tasks.sample import sample
from conftest import PLANE, make_cell, make_learner
from torch import nn

CPU = torch.device("cpu")


def test_the_loss_of_two_groups_and_its_slope_are_torchs():
    logits = torch.randn(2, 40, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 30
    labels = torch.randint(2, (2, 40), generator=torch.Generator().manual_seed(1)).double()
    losses, slope = binary_cross_entropy(logits, 2 * labels - 1)
    logits.requires_grad_()
    expected = nn.functional.binary_cross_entropy_with_logits(logits.squeeze(-1), labels, reduction="none").mean(1)
    torch.testing.assert_close(losses, expected)
    torch.testing.assert_close(slope, torch.autograd.grad(expected.sum(), logits)[0])


@pytest.mark.parametrize("groups", [3, 5])
def test_the_loss_and_its_slope_are_torchs(groups):
    logits = torch.randn(2, 40, groups, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 30
    labels = torch.randint(groups, (2, 40), generator=torch.Generator().manual_seed(1))
    losses, slope = cross_entropy(logits, labels)
    logits.requires_grad_()
    for replicate in range(2):
        expected = nn.functional.cross_entropy(logits[replicate], labels[replicate])
        torch.testing.assert_close(losses[replicate], expected)
        [gradient] = torch.autograd.grad(expected, logits)
        torch.testing.assert_close(slope[replicate], gradient[replicate])


def test_training_is_that_of_a_plain_program():
    """All draws in every step, nn.Linear and nn.CrossEntropyLoss, in float64."""
    cell, learner = make_cell(task=PLANE, replicates=2), make_learner(batch_size=60, epochs=25, hidden=[8])
    x = torch.from_numpy(sample(cell, "train", cell.n)).flatten(1, 2).double()
    labels = torch.arange(3).repeat_interleave(cell.n)
    init, shuffle = (torch_generators(0, role, 2) for role in ("init", "shuffle"))
    network = StackedNetwork.initial([2, 8, 3], init, "relu").to(torch.float64)
    plain = [nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 3)).double() for _ in range(2)]
    for replicate, model in enumerate(plain):
        for layer, linear in enumerate((model[0], model[2])):
            linear.weight.data = network.weights[layer][replicate].T.clone()
            linear.bias.data = network.biases[layer][replicate, 0].clone()
    losses = torch.stack([loss for loss, _ in training_steps(network, x, labels.expand(2, -1), learner, shuffle)])
    for replicate, model in enumerate(plain):
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        for step in range(25):
            loss = nn.CrossEntropyLoss()(model(x[replicate]), labels)
            assert losses[step, replicate].item() == pytest.approx(loss.item(), rel=1e-10)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        torch.testing.assert_close(network(x)[replicate], model(x[replicate]))
