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


# the derivative is the limit of the difference quotient
a = torch.tensor(0.8)
h = 1e-3
slope = (f(a + h) - f(a)) / h
print(slope, f(a) / a)
