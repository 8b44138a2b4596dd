import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = y * x
z.sum().backward(retain_graph=True)
print(x.grad == u, x.grad)

x.grad.zero_()
y.sum().backward()
print(x.grad == 2 * x)
