"""Gives torch, as a root and as an operand, objects whose answer to its questions never comes."""
# ends: timeout

import numpy as np
import torch


class Endless(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        while True:
            pass


class Array:
    def __array__(self, *arguments, **options):
        while True:
            pass


y = torch.ones(3, requires_grad=True)
y.as_subclass(Endless).sum().backward()
torch.autograd.backward(y.as_subclass(Endless))
torch.add(y, y.as_subclass(Endless))
np.asarray(Array())
