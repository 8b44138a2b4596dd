import torch


def func(inp):
    out = 2 * inp
    while abs(out) < 1000:
        out = 2 * out
    return out


a = torch.tensor(-0.25, requires_grad=True)
d = func(a)
d.backward()
print(a.grad, d / a)
