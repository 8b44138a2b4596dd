"""Gives gradients gradients of their own, a thousand deep and in a circle, and asks for passes through them."""

import torch

first = y = torch.ones(2, requires_grad=True)
for _ in range(2_000):
    y.grad = torch.ones(2, requires_grad=True)
    y = y.grad
y.grad = first
(first * y).sum().backward()
print(first.grad.grad.grad is not None)
