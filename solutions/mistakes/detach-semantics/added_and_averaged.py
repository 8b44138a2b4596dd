import torch

x = torch.arange(5.0, requires_grad=True)
y = x * x
u = y.detach()

z = u + x
z.sum().backward()
print("with the constant:", x.grad)

x.grad = None
y.mean().backward()
print("y itself:", x.grad)
