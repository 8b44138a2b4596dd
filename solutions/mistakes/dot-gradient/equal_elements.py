import torch

x = torch.full((3,), 2.0, requires_grad=True)
print(x.grad)
y = 8 * x.sum() - 24
print(y.item(), (2 * x.dot(x)).item())
y.backward()
print(x.grad, 4 * x)
