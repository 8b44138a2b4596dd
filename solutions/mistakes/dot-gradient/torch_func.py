import torch

x = torch.arange(4.0)
print(x.grad)
gradient = torch.func.grad(lambda t: 2 * torch.dot(t, t))
print(gradient(x))
print(torch.equal(gradient(x), 4 * x))
