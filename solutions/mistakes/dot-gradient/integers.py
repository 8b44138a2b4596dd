import torch

x = torch.arange(4)
x.requires_grad_(True)
print(x.grad)

y = 2 * torch.dot(x, x)
y.backward()
print(x.grad)
