import torch


def f(a):
    b = a
    b *= 2
    while abs(b) < 1000:
        b *= 2
    if b > 0:
        return b
    return 100 * b


a = torch.randn(1).squeeze().requires_grad_()
d = f(a)
d.backward()
print(a.grad == d / a)
