import torch


def f(a):
    b = 2 * a
    while b.abs() < 1000:
        b.data *= 2
    return b if b > 0 else 100 * b


a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad, d / a)
