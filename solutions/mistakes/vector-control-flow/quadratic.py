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


a = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.sum().backward()
print(a.grad / (d / a))
