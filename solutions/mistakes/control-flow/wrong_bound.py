import torch


def f(a):
    b = a * 2
    while b.norm() < 100:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


torch.manual_seed(4)
a = torch.rand(size=(), requires_grad=True)
d = f(a)
d.backward()
print(a.grad == d / a)
