import torch

x = torch.zeros(5, requires_grad=True)
x.norm().pow(2).backward()
print(x.grad, 2 * x)
