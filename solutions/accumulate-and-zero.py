"""Gradients add up until they are cleared: a model answer."""

import torch

x = torch.arange(4.0, requires_grad=True)

# Part 1. Two different results. The gradient of the first is 2x, that of the second is 1 everywhere; x.grad ends up
# with the sum of the two.
torch.dot(x, x).backward()
print("2x:    ", x.grad)
x.sum().backward()
print("2x + 1:", x.grad)

# Part 2. zero_() overwrites the gradient with zeros, in place, and the next backward adds to zeros. After
# x.grad = None, or an optimizer's zero_grad(), there would be no tensor at all until the next backward makes one.
x.grad.zero_()
print("zero_():", x.grad)
x.sum().backward()
print("1:     ", x.grad)
