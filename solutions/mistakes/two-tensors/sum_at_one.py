import torch

x = torch.tensor(1.0, requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)
z = (2 * x + 2 * y).mean()
print(z == (2 * x**2 + 2 * y**2).mean())
z.backward()
print(x.grad, y.grad)
