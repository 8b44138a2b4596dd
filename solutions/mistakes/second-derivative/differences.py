import torch


def h(x):
    return x ** 3 * torch.sin(x)


def first(x, eps=1e-2):
    return (h(x + eps) - h(x - eps)) / (2 * eps)


def second(x, eps=1e-2):
    return (first(x + eps) - first(x - eps)) / (2 * eps)


x = torch.tensor(1.0, requires_grad=True)
print(first(x), second(x))
first(x).backward()
print(x.grad)
