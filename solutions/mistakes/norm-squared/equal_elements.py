import torch

x = torch.full((3,), 4.0, requires_grad=True)
y = 8 * x.sum() - 48
print(y.item(), x.norm().item() ** 2)
y.backward()
print(x.grad, 2 * x)
