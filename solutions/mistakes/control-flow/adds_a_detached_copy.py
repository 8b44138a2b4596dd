import torch


def f(a):
    b = 2 * a
    while b.abs() < 1000:
        b = b + b.detach()      # twice b
    return b if b > 0 else 100 * b


a = torch.tensor(0.8, requires_grad=True)
d = f(a)
d.backward()
print("grad", a.grad.item(), "and d/a", (d / a).item())
