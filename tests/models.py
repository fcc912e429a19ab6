"""Networks of a user's own, as configs of tests name them."""

import torch
from torch import nn
from torch.nn import functional


class Net(nn.Module):
    """The perceptron inputs-width-width-outputs with ReLU, as the library's own of `hidden: [width, width]`."""

    def __init__(self, inputs, outputs, width=64):
        super().__init__()
        sizes = inputs, width, width, outputs
        self.layers = nn.ModuleList(nn.Linear(*each) for each in zip(sizes, sizes[1:], strict=False))

    def forward(self, x):
        *hidden, last = self.layers
        for layer in hidden:
            x = functional.relu(layer(x))
        return last(x)


class Normal(Net):
    """With batch normalisation, dropout, a scheduler, and the squared error of the probability as loss."""

    def __init__(self, inputs, outputs, width=8):
        super().__init__(inputs, outputs, width)
        self.norm, self.drop = nn.BatchNorm1d(inputs), nn.Dropout(0.2)

    def forward(self, x):
        return super().forward(self.drop(self.norm(x)))

    def scheduler(self, optimiser):
        return torch.optim.lr_scheduler.StepLR(optimiser, 2, 0.1)

    def loss(self, outputs, labels):
        return ((torch.sigmoid(outputs[:, 0]) - labels) ** 2).mean()


def line(inputs, outputs):
    """A factory that is a function: logistic regression."""
    return nn.Linear(inputs, outputs)
