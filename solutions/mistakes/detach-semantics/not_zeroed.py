import torch

x = torch.arange(4.0, requires_grad=True)
y = x ** 2
u = y.clone().detach()
z = x * u
z.sum().backward()
print(x.grad)

# the gradients add up, so I subtract what was there
before = x.grad.clone()
y.sum().backward()
print(x.grad - before)
