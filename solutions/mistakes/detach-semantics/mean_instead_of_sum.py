import torch

x = torch.arange(4.0).requires_grad_()
y = x * x
u = y.detach()
z = u * x
z.mean().backward()
print(x.grad, u)
x.grad.zero_()
y.sum().backward()
print(x.grad)
