import torch


def f(a):
    b = a
    b *= 2
    while b.norm() < 1000:
        b *= 2
    return b if b.sum() > 0 else 100 * b


a = torch.randn(4, requires_grad=True)
d = f(a)
d.sum().backward()
print(a.grad)
