import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


torch.manual_seed(3)
a = torch.rand(5, requires_grad=True)
d = -f(a)

try:
    d.backward()
except RuntimeError as why_not:
    print(why_not)

d.sum().backward()
print(a.grad, d / a)
