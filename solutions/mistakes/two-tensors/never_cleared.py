import torch

x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor([[1.0, 3.0], [-2.0, 5.0]], requires_grad=True)

# the sum of the two first
(x + y).sum().backward()
print(x.grad, y.grad)

(2 * x ** 2 + 2 * y ** 2).mean().backward()
print(x.grad, y.grad)

x = torch.full((2, 2), 2.0, requires_grad=True)
(2 * x ** 2 + 2 * y ** 2).mean().backward()
print(x.grad, y.grad)

print("x is broadcast to every element of y, so its gradient adds up n parts, and each was divided by n in the mean")
