import torch


def f(x):
    return torch.exp(-x ** 2) + 3 * x


for v in [-2.0, 0.5, 1.0]:
    x = torch.tensor(v, requires_grad=True)
    y = f(x)
    y.backward()
    print(v, x.grad)
