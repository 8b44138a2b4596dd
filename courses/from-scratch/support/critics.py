"""Critics for exercises on gradient penalties: from points of three numbers to one number for each."""

import torch
from torch import nn


class Bowl(nn.Module):
    """The squared distances from 1, weighed: at a point p the gradient is `2 * (p - 1) * weights`.

    Neither the values nor the lengths of the gradients stay the same where the sign of the point changes.
    """

    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.randn(3))

    def forward(self, points):
        return ((points - 1) ** 2 @ self.weights).unsqueeze(-1)


def two_layers():
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
