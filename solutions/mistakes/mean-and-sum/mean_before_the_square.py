import torch

x = torch.tensor([[1.0, 2.0], [2.0, 3.0]], requires_grad=True)
x.mean().backward()
print(x.grad)

x.grad = None
x.sum().backward()
print(x.grad)

# 3(x+2)^2, the mean is taken of x + 2
x.grad = None
out = 3 * (x + 2).mean() ** 2
out.backward()
print(x.grad, 6 * (x + 2) / 4)

z = torch.tensor([[1, 2], [2, 3]], dtype=float, requires_grad=True)
z.sum().backward()
print(z.grad)
