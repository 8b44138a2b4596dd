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


a = torch.tensor([0.3, -1.2, 2.0, 0.7], requires_grad=True)
try:
    (a + a).backward()       # a vector
except RuntimeError as e:
    print(e)

d = f(a)
d.sum().backward()
print(a.grad == d / a)
