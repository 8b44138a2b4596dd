import torch


def f(a):
    b = a * 2
    while b.norm() < 100:
        b = b * 2
    if b.sum() > 0:
        return b
    return 100 * b


a = torch.tensor([0.5, 1.5, 1.0], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.sum().backward()
print(torch.isclose(a.grad, d / a))
