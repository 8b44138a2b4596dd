import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
(z + y).sum().backward()
print(x.grad)
print(x.grad == u + 2 * x)
