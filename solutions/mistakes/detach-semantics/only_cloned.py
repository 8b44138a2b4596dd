import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.clone()  # a copy does not depend on y
z = u * x
z.sum().backward(retain_graph=True)
print(x.grad)

x.grad.zero_()
y.sum().backward()
print(x.grad)
