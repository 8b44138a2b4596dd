import torch

v = torch.linspace(-1, 2, 5).requires_grad_()
total = torch.sum(v.pow(3))
print(torch.autograd.grad(total, v))
