import torch

x = torch.arange(4.0, requires_grad=True)
# a place for the gradient
x.grad = torch.zeros(4)
print("before:", x.grad)

y = 2 * torch.dot(x, x)
y.backward()
print("after:", x.grad)
