import torch

x = torch.arange(4.0)
y = x * x
u = y.detach()
z = u * x
try:
    z.sum().backward()
except RuntimeError as e:
    print(e)
print(x.grad)
