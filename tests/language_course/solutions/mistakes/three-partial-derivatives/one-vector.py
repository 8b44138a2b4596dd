import torch

p = torch.tensor([1.5, -0.7, 0.3], requires_grad=True)
g = p[0] ** 2 * p[1] + torch.exp(p[2])
print(torch.autograd.grad(g, p))
