import torch

x = torch.arange(4.0, requires_grad=True)
(x * x).sum().backward()
x.sum().backward()
print(x.grad)

# start again with a clean x
x = torch.arange(4.0, requires_grad=True)
x.sum().backward()
print(x.grad)
