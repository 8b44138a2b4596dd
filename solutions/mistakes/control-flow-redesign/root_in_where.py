import torch


def root_or_zero(x):
    return torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x))


x = torch.tensor([4.0, 1.0, -1.0], requires_grad=True)
y = root_or_zero(x)
print(y)
y.sum().backward()
print(x.grad)   # 0.25, 0.5 and then nan?
