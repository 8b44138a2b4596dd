import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


a = torch.tensor(1.25, requires_grad=True)
d = f(a)
d.backward(torch.tensor(2.0))
print(a.grad)
print(d / a)
