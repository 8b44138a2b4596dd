"""Has tensors raise whatever they are asked."""
# ends: failed, completed, crashed, exited

import torch


def raises(*arguments, **options):
    raise GeneratorExit


for name in dir(torch.Tensor):
    if not name.startswith("__"):
        try:
            setattr(torch.Tensor, name, raises)
        except Exception:
            pass

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
