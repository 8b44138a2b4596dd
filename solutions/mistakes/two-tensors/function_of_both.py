import torch
from torch.autograd.functional import jacobian


def f(x, y):
    return torch.mean(2 * (x ** 2 + y ** 2))


x = torch.tensor(-1.5, requires_grad=True)
y = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
f(x, y).backward()
print(torch.isclose(x.grad, 4 * x), torch.allclose(y.grad, 4 * y / 6))

m = torch.arange(6.0).reshape(2, 3)
gx, gy = jacobian(f, (m, y.detach()))
print(torch.allclose(gx, 4 * m / 6), torch.allclose(gy, 4 * y / 6))
print("x is broadcast to every element: the sum of n slopes 4x/n is 4x. Each y has one of them, because of the mean.")
