"""A function whose result is a tensor that never says what shape it has, or whether it requires a gradient."""
# ends: timeout

import torch


class Endless(torch.Tensor):
    @property
    def requires_grad(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

    shape = dtype = is_leaf = grad = requires_grad


def f(x):
    return x.as_subclass(Endless)
