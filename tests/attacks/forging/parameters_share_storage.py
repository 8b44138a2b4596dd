"""Modules whose parameters are one memory, or none, or that of the module's own argument."""

import torch


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        memory = torch.zeros(8)
        self.weight = torch.nn.Parameter(memory[:6].reshape(size, 2))
        self.bias = torch.nn.Parameter(memory[1:3])

    def forward(self, x):
        return torch.tanh(x @ self.weight + self.bias)


class Expanded(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1).expand(size, 2))
        self.bias = torch.nn.Parameter(torch.zeros(2).as_strided((2,), (0,)))

    forward = Vault.forward


class Elsewhere(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(size, 2, device="meta"))
        self.bias = self.weight
        self._parameters["bias"] = torch.nn.Parameter(torch.zeros(2).to_sparse())

    forward = Vault.forward


model = Vault(3)
model.bias.data = model.weight.data[0]
