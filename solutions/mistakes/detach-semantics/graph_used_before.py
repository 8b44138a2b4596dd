import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x

# to compare: nothing detached
(y * x).sum().backward()
print("3x^2:", x.grad)
x.grad.zero_()

u = y.detach()
(u * x).sum().backward()
print("x^2: ", x.grad)
x.grad.zero_()

y.sum().backward()
print("2x:  ", x.grad)
