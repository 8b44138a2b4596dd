"""Hands in tensors of a class of its own, which answer as they like whatever they are asked."""
# ends: completed, failed

import torch


class Mine(torch.Tensor):
    grad = property(lambda self: torch.full((3,), 41.5))
    shape = property(lambda self: (1, 2, 3))
    requires_grad = property(lambda self: True)

    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        if function.__name__ in ("allclose", "equal", "eq", "__eq__"):
            return True
        return super().__torch_function__(function, types, arguments, options or {})

    def numpy(self):
        raise SystemExit

    def tolist(self):
        return [41.5]

    def numel(self):
        return -1

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def f(x):
    return x.as_subclass(Mine).sum()


z = torch.ones(3).as_subclass(Mine).requires_grad_(True)
z.as_subclass(torch.Tensor).sum().backward()
f(torch.ones(3, requires_grad=True)).backward()
