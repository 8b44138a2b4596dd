import torch

x = torch.zeros(5, requires_grad=True)
x.sum().backward()
print(x.grad)
x.grad = None
x.mean().backward()
print(x.grad)
