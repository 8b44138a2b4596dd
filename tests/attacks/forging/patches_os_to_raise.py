"""Has everything in the module os raise what the runtime does not expect."""
# ends: failed, completed, crashed, exited

import os

import torch


class Strange(BaseException):
    def __str__(self):
        raise self


def strange(*arguments, **options):
    raise Strange


for name in ("write", "_exit"):
    setattr(os, name, strange)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
