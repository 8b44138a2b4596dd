"""Empties sys.modules, sys.path, and the modules of the runtime."""
# ends: failed, completed, crashed, exited

import sys

import torch

for name, module in list(sys.modules.items()):
    if name.startswith("grader_runtime"):
        vars(module).clear()
sys.modules.clear()
sys.path.clear()
sys.meta_path.clear()
sys.path_hooks.clear()

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
