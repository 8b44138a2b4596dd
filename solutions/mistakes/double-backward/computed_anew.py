# I get no error?
import torch


def g(v):
    return (v ** 3).sum()


v = torch.tensor([1.0, 2.0], requires_grad=True)
g(v).backward()
print(v.grad)
g(v).backward()
print(v.grad)
