import torch


def f(a):
    b = 2 * torch.abs(a)
    while b < 1000:
        b = 2 * b
    if b.sum() > 0:
        return b
    return 100 * b


a = torch.tensor(-0.4, requires_grad=True)
d = f(a)
d.backward()
print(torch.allclose(a.grad, d / a))
