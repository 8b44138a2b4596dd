import torch
import torch.nn.functional as F

def swish(x):
    return F.silu(x)

x = torch.randn(5, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(swish, (x,)))
