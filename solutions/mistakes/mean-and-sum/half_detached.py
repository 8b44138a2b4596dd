import torch

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
m = x.mean()
m.backward()
print(x.grad)

x.grad = None
y = x + 2
z = 3 * y * y.data
z.mean().backward()
print(x.grad)
print(6 * (x + 2) / 4)
