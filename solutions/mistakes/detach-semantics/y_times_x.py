import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
z.sum().backward()
print("with u:", x.grad)

x.grad = None
z = y * x
z.sum().backward()
print("with y:", x.grad)
