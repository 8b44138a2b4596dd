import torch

x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
t = x * x.item()
z = 2 * t + 2 * y * y
z.mean().backward()
print(x.grad, y.grad)

x = torch.full((2, 2), 2.0, requires_grad=True)
y = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
t = x * x.data
z = 2 * t + 2 * y * y
z.mean().backward()
print(x.grad, y.grad)
