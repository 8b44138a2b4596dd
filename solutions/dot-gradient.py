"""The gradient of a dot product: a model answer."""

import torch

x = torch.arange(4.0)

# Part 1. Asking for a gradient computes none. There is not even a place for it yet.
x.requires_grad_(True)
print("before:", x.grad)

# Part 2. dot() multiplies and adds up, so y is one number, and backward() can start from it.
y = 2 * torch.dot(x, x)
y.backward()
print("after: ", x.grad)

# y = 2 (x₁² + x₂² + …), and the derivative of 2 xᵢ² is 4 xᵢ. The gradient collects these, in the shape of x.
print("is 4x: ", torch.equal(x.grad, 4 * x))
