import math

import torch


def shares(z):
    powers = torch.exp(z - z.max())
    return powers / powers.sum()


def gate(z):
    return torch.tanh(torch.relu(z)) - torch.sigmoid(torch.clamp(z, max=0))


def ends(z):
    return math.pi / 4 * z[0] + z[-1]
