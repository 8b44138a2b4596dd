"""Its functions give tensors from which nothing can be read: nested, of bits, empty shells."""
# ends: completed

import torch


class Shell(torch.Tensor):
    @staticmethod
    def __new__(cls):
        return torch.Tensor._make_wrapper_subclass(cls, (3,), dtype=torch.float32)

    @classmethod
    def __torch_dispatch__(cls, function, types, arguments=(), options=None):
        raise RuntimeError("nobody is at home")


def f(x):
    return torch.nested.nested_tensor([x, x[:1]])


def g(x):
    return torch.zeros(3, dtype=torch.uint8).view(torch.bits8)


def h(x):
    return Shell()


def i(x):
    return torch.nn.UninitializedParameter()


def j(x):
    empty = torch.ones(3)
    empty.untyped_storage().resize_(0)
    return empty


def k(x):
    return torch.quantize_per_tensor(x.detach(), 1.0, 0, torch.quint8)
