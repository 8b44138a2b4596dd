import torch

x = torch.zeros(5, requires_grad=True)
torch.sin(x).sum().backward()
print(x.grad)
x.grad = None
torch.sin(x).mean().backward()
print(x.grad)
