import torch


def f(a):
    return 1000 * a


a = torch.tensor(1.5, requires_grad=True)
d = f(a)
d.backward()
print(a.grad == d / a)
