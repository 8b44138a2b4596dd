import torch

x = torch.arange(4.0, requires_grad=True)
print(x.grad)

y = torch.dot(x, x)
y.backward()
print(x.grad)
print(x.grad == 4 * x)
