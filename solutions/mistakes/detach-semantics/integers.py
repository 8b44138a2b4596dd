import torch

x = torch.arange(1, 5)
y = x * x
u = y.detach()
z = u * x
try:
    x.requires_grad_(True)
    z.sum().backward()
except RuntimeError as e:
    print(e)
print(u, x.grad)
