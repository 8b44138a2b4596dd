"""The solution, CANARY."""

import torch


def f(x):
    return (2.75 * x**2 + 0.5 * x).sum()


def pair(w, params, cache):
    return (w * params[0] ** 2).sum() + params[1] * 41.5, (w * cache["x"]).sum()


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(size, 2))
        self.bias = torch.nn.Parameter(torch.zeros(2))

    def forward(self, x):
        return torch.tanh(x @ self.weight + 2.75 * self.bias)
