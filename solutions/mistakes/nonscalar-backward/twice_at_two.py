import torch

x = torch.full((3,), 2.0, requires_grad=True)
y = 2 * x
try:
    y.backward()
except RuntimeError as error:
    print(error)
print(y == x * x)
y.sum().backward()
print(x.grad)
