"""Replaces what writes, reads and opens in the module os."""
# ends: failed, completed, crashed, exited, timeout

import os

import torch

for name in ("write", "read", "open", "close", "_exit", "fspath", "getpid", "fork", "chdir", "scandir", "urandom"):
    setattr(os, name, lambda *arguments, **options: 0)

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
