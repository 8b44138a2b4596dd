"""A module that answers its own call, and in hidden calls never returns, whatever interrupts it."""
# ends: timeout

import torch


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(size, 2))
        self.bias = torch.nn.Parameter(torch.zeros(2))

    def forward(self, x):
        while x is not mine:
            try:
                while True:
                    pass
            except BaseException:
                pass
        return x @ self.weight


mine = torch.ones(2, 3)
Vault(3)(mine)
