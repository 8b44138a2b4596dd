import torch

x = torch.tensor(3.0, requires_grad=True)
print(x.grad)
y = 2 * x * x
y.backward()
print(x.grad, 4 * x)
