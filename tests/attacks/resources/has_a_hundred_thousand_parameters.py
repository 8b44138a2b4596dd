"""Modules with more parameters than anybody looks at, one that is larger than all memory, and a chain of modules."""
# ends: completed, memory, timeout
# seconds: 2

import torch

one = torch.nn.Parameter(torch.zeros(1))


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        tensors = torch.zeros(100_000, 1).unbind()
        self._parameters = {str(number): tensor for number, tensor in enumerate(tensors)}

    def forward(self, x):
        return x


class Wide(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1).expand(10**12))
        self.register_buffer("large", torch.zeros(1).expand(10**12))

    def forward(self, x):
        return self.weight


class Deep(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        inner = self
        for _ in range(20_000):
            inner._modules["next"] = inner = torch.nn.Module()

    def forward(self, x):
        return x
