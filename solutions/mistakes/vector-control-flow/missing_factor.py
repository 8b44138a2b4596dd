import torch


def f(a):
    b = 2 * a
    while b.norm() < 1000:
        b = 2 * b
    if b.sum() > 0:
        c = b
    else:
        c = -b
        c = -c
    return c


torch.manual_seed(5)
a = torch.randn(4, requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print("Error:", e)

d.sum().backward()
print(a.grad, d / a)
