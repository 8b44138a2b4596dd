import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


a = torch.randn((), requires_grad=True)
ratio = f(a) / a
ratio.backward()
print(a.grad, ratio)
