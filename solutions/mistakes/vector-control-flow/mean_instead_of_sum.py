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


torch.manual_seed(0)
a = torch.randn(size=(3, 4), requires_grad=True)
d = f(a)

try:
    d.backward()
except RuntimeError as err:
    print("does not work for a matrix:", err)

# so make it a scalar first
d.mean().backward()
print(a.grad)
print(a.grad == d / a)  # all False, why?
