"""Detach, a constant out of the graph: a model answer."""

import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x

# Part 1. u shares the numbers of y. What it does not share is the history: autograd sees no way from u back to x.
u = y.detach()
print("y:", y)
print("u:", u)

# Part 2. For autograd, z is a constant times x, so its slope is that constant. With y in the place of u it would have
# been x * x * x, with the slope 3 * x * x.
z = u * x
z.sum().backward()
print("gradient of sum(u * x):", x.grad, "is u:", torch.equal(x.grad, u))

# Part 3. Detaching made a new tensor and changed nothing about y: the way from y to x is still there. The gradient of
# part 2 is cleared first, since passes add up.
x.grad.zero_()
y.sum().backward()
print("gradient of sum(y):    ", x.grad, "is 2x:", torch.equal(x.grad, 2 * x))
