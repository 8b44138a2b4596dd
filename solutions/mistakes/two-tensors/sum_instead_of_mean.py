import torch

x = torch.tensor(3.0, requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)
z = (2 * x * x + 2 * y * y).sum()
z.backward()
print(x.grad, y.grad)

x = torch.tensor([[1.0, 2.0], [2.0, 3.0]], requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)
z = (2 * x * x + 2 * y * y).sum()
z.backward()
print(x.grad, y.grad)
