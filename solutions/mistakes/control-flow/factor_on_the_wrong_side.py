import torch


def f(a):
    b = 2 * a
    while b.abs() < 1000:
        b = 2 * b
    if b > 0:
        return 100 * b
    else:
        return b


a = torch.randn(1, requires_grad=True)
d = f(a)
d.backward()
assert torch.allclose(a.grad, d / a)
