import torch


def f(a):
    value = a.item()
    b = 2 * value
    while abs(b) < 1000:
        b = 2 * b
    if b < 0:
        b = 100 * b
    return torch.tensor(b, requires_grad=True)


a = torch.tensor(0.7, requires_grad=True)
d = f(a)
d.backward()
print("gradient:", a.grad)
print("d / a:", (d / a).item())
