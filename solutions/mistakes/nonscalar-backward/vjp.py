import torch


def f(t):
    return t * t


x = torch.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
try:
    f(x).backward()
except RuntimeError as e:
    print(e)

out, pull_back = torch.func.vjp(f, x.detach())
print(pull_back(torch.ones_like(out)))
print(pull_back(torch.tensor([[1.0, -1.0, 2.0]])))
