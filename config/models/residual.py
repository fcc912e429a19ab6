"""A network of one's own: blocks with shortcuts around them, as deeper networks have. Whoever copies it changes it.

learners:
  residual:
    {python: config/models/residual.py:Residual, width: 64, blocks: 2, optimiser: {adam: {lr: 0.001}}, epochs: 70}
"""

from torch import Tensor, nn


class Residual(nn.Module):
    """x + f(x), a number of times, between two linear layers (He et al., Deep residual learning, 2016)."""

    def __init__(self, inputs: int, outputs: int, width: int = 64, blocks: int = 2):
        """inputs: coordinates of a draw. outputs: 1 of two groups, else their number. The others are the config's."""
        super().__init__()
        self.first = nn.Linear(inputs, width)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
            for _ in range(blocks)
        )
        self.last = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Of draws x [B, inputs] the log-odds of the second group [B, 1], or a logit for each group [B, G]."""
        x = self.first(x)
        for block in self.blocks:
            x = x + block(x)
        return self.last(x)
