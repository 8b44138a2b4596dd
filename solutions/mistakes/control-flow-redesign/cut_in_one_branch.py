import torch


def g(x):
    if x > 0:
        return x ** 2
    else:
        return torch.tensor(-x.item() ** 3, requires_grad=True)


for v in (2.0, 0.3, -1.0, -2.5):
    x = torch.tensor(v, requires_grad=True)
    g(x).backward()
    print(v, x.grad)
