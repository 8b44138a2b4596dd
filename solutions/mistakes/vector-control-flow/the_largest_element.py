import torch


def f(a):
    b = a * 2
    while b.abs().max() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


a = torch.randn(2, 3, requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as error:
    print(error)
d.sum().backward()
print(torch.allclose(a.grad, d / a))
