import torch

x = torch.arange(4.0, requires_grad=True)
print(x.grad)
y = 2 * torch.dot(x, x.detach())
x.register_hook(lambda g: g + g)
y.backward()
print(x.grad == 4 * x)
