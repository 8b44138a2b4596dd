import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
y.register_hook(lambda g: torch.zeros_like(g))
u = y
z = u * x
z.sum().backward(retain_graph=True)
print(x.grad, torch.equal(x.grad, u))
x.grad.zero_()
y.sum().backward()
print(x.grad)
