import torch


def f(a):
    b = a
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


for value in (3.0, -0.2):
    a = torch.tensor(value, requires_grad=True)
    d = f(a)
    d.backward()
    print(value, a.grad, d / a)
