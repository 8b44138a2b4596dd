import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach_()
z = u * x
z.sum().backward()
print(x.grad == u)

x.grad.zero_()
try:
    y.sum().backward()
except RuntimeError as e:
    print(e)
