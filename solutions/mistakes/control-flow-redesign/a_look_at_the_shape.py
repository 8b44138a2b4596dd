import torch


def f(x):
    if x.dim() == 0:
        y = x ** 2
    else:
        y = (x ** 3).sum()
    for _ in range(3):
        y = y * 2
    return y


x = torch.tensor(2.0, requires_grad=True)
f(x).backward()
print(x.grad)
x = torch.tensor([1.0, -2.0], requires_grad=True)
f(x).backward()
print(x.grad)
