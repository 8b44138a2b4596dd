"""Its functions give tensors and objects that raise when they are asked what they are."""
# ends: completed, failed, crashed

import torch


class Lying(torch.Tensor):
    @property
    def dtype(self):
        raise SystemExit


class Biting:
    @property
    def __class__(self):
        raise GeneratorExit


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Nameless(metaclass=Meta):
    pass


def f(x):
    return x.as_subclass(Lying)


def g(x):
    return Biting()


def h(x):
    return Nameless()
