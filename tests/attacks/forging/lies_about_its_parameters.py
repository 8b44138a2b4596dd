"""Modules that lie about their attributes, their class, what they hold, and what is equal."""

import torch


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(size, 2))
        self.bias = torch.nn.Parameter(torch.zeros(2))

    def __setattr__(self, name, value):
        if name not in ("training", "weight") or "weight" not in self.__dict__.get("_parameters", {}):
            super().__setattr__(name, value)

    def __getattribute__(self, name):
        if name in ("_parameters", "_modules", "training", "parameters"):
            return {"weight": torch.full((3, 2), 41.5), "bias": torch.full((2,), 41.5)}
        return super().__getattribute__(name)

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__

    @property
    def __class__(self):
        raise RuntimeError("I have none.")

    def forward(self, x):
        return torch.tanh(x)


class Pretender:
    """No module, but it says so."""

    __class__ = torch.nn.Module

    def __init__(self, size):
        self._parameters = self._buffers = self._modules = {"weight": self}

    def __call__(self, x):
        return self

    def __getattr__(self, name):
        return self


class Meta(type):
    def __instancecheck__(cls, thing):
        return True

    def __subclasscheck__(cls, kind):
        return True

    def __call__(cls, *given):
        return 41.5


class Made(metaclass=Meta):
    pass


class OwnParameter(torch.nn.Parameter):
    @classmethod
    def __torch_function__(cls, function, types, given=(), named=None):
        return torch.full((2, 2), 41.5)


class Dressed(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = OwnParameter(torch.zeros(size, 2))
        self.bias = OwnParameter(torch.zeros(2))

    def forward(self, x):
        return x @ self.weight + self.bias


model = Vault(3)
