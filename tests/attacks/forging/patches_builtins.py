"""Replaces what Python itself calls: len, isinstance, type, str, dict, print, exceptions."""
# ends: failed, completed, crashed, exited, timeout

import builtins

import torch

for name in dir(builtins):
    if name not in ("__build_class__", "__import__", "setattr", "BaseException"):
        setattr(builtins, name, None)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
