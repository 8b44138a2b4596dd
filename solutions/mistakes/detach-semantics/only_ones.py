import torch

x = torch.ones(3, requires_grad=True)
x.sum().backward()
print(x.grad)
