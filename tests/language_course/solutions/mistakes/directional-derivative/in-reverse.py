import torch

x = torch.tensor([0.4, -1.3, 2.1], requires_grad=True)
v = torch.tensor([1.0, 2.0, -0.5])
y = torch.sin(x[0]) * x[1] + x[2] ** 2
y.backward()
print(x.grad @ v)
