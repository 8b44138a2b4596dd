import torch


def f(a):
    b = a * 2
    while b < 1000:
        b = b * 2
    return b if b > 0 else 100 * b


a = torch.rand((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad, d / a)
