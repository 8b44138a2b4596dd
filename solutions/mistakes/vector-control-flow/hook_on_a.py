import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    b = b if b.sum() > 0 else 100 * b
    return b.detach() + 0 * a


a = torch.randn(3, requires_grad=True)
d = f(a)
a.register_hook(lambda g: (d / a).detach())
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.sum().backward()
print(a.grad == d / a)
