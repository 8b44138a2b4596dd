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


torch.manual_seed(6)
a = torch.randn(1, 3, requires_grad=True)
try:
    f(a).backward()
except RuntimeError as e:
    print("no:", e)


def total(v):
    return f(v).sum()


slope = torch.func.grad(total)(a.detach())
print(slope, f(a) / a)
