import torch


def f(a):
    b = 2 * a.item()
    while abs(b) < 1000:
        b *= 2
    return b if b > 0 else 100 * b


a = torch.randn((), requires_grad=True)
print(f(a) / a.item())
