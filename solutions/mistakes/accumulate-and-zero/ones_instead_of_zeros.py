import torch

x = torch.arange(3.0, requires_grad=True)
x.pow(3).sum().backward()
x.sum().backward()
print(x.grad)
x.grad.fill_(1)
x.sum().backward()
print(x.grad)
