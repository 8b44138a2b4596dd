import torch


def f(a):
    b = 2 * a
    for _ in range(10):
        b = 2 * b
    if b > 0:
        return b
    return 100 * b


a = torch.tensor(0.7, requires_grad=True)
d = f(a)
d.backward()
print(a.grad, d / a)
