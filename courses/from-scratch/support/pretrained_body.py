"""A small body for the exercise on frozen parameters. Its numbers stand for what a long training has found."""

import torch
from torch import nn


def load_body():
    """A body that turns 5 features into 4, with the parameters that it was trained to."""
    body = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 4), nn.Tanh())
    with torch.no_grad():
        for number, parameter in enumerate(body.parameters(), 1):
            parameter.copy_(torch.sin(number + 1.7 * torch.arange(parameter.numel())).reshape(parameter.shape))
    return body
