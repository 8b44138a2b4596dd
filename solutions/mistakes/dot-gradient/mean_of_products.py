import torch

x = torch.arange(4.0)
x.requires_grad_(True)
x.grad

y = 2 * x * x
y.mean().backward()
print(x.grad)
print(x.grad == 4 * x)
