"""Replaces what the recorder asks of torch and of tensors."""
# ends: failed, completed, crashed, exited

import torch


def nothing(*arguments, **options):
    return None


for name in ("detach", "cpu", "numpy", "numel", "resolve_conj", "resolve_neg", "register_hook", "is_complex"):
    setattr(torch.Tensor, name, nothing)
for name in ("no_grad", "enable_grad", "zeros", "ones_like", "from_numpy", "zeros_like", "set_grad_enabled"):
    setattr(torch, name, nothing)
torch._C.DisableTorchFunction = nothing

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
