import torch


def f(x):
    while x.norm() < 10:
        x *= 2
    if x.sum() > 0:
        return x.sum()
    return -x.sum()


x = torch.tensor([1.0, 2.0], requires_grad=True)
f(x).backward()
print(x.grad)
x = torch.tensor([-1.0, -2.0], requires_grad=True)
f(x).backward()
print(x.grad)
