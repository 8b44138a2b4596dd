"""Modules with dictionaries of their own, which change whenever somebody goes through them."""

import torch


class Growing(dict):
    def items(self):
        for number in range(10**9):
            self[f"p{number}"] = torch.nn.Parameter(torch.zeros(2))
            yield f"p{number}", self[f"p{number}"]

    values = keys = __iter__ = items

    def __getitem__(self, name):
        self.clear()
        return torch.zeros(3, 2)


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.__dict__["_parameters"] = Growing(weight=torch.nn.Parameter(torch.zeros(size, 2)))
        self.__dict__["_modules"] = Growing()

    def forward(self, x):
        self.__dict__["_buffers"] = Growing(buffer=x)
        return x


class Round(torch.nn.Module):
    """It is its own part, and the part of that."""

    def __init__(self, size):
        super().__init__()
        self._modules["self"] = self
        inner = self
        for _ in range(3_000):
            inner._modules["next"] = inner = torch.nn.Module()
            inner._modules["first"] = self

    def forward(self, x):
        return x


class Numbers(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self._parameters = {1: 2, None: torch.zeros(2), "a" * 10**6: torch.nn.Parameter(torch.zeros(2))}
        self._buffers = {("x",): torch.zeros(2), "b": "no tensor"}

    def forward(self, x):
        return self
