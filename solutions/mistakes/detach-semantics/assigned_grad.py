import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
# u is a constant, so the gradient is u
x.grad = u
print(x.grad == u)

x.grad = None
x.grad = 2 * x.detach()
print(x.grad == 2 * x)
