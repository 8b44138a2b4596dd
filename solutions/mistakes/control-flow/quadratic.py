import torch


def f(a):
    b = a * a
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


a = torch.tensor(-1.5, requires_grad=True)
d = f(a)
d.backward()
print(a.grad)
print(d / a)  # not equal?
print(2 * d / a)
