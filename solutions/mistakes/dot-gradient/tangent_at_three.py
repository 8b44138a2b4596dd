import torch

x = torch.full((4,), 3.0, requires_grad=True)
y = (12 * x - 18).sum()
print(y == 2 * torch.dot(x, x))
y.backward()
print(x.grad == 4 * x)
