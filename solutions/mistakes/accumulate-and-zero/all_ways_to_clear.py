"""All ways to clear a gradient, one after the other."""

import torch

x = torch.arange(4.0, requires_grad=True)

# Part 1. Two different results. The gradient of the first is 2x, that of the second is 1 everywhere; x.grad ends up
# with the sum of the two.
torch.dot(x, x).backward()
print("2x:    ", x.grad)
x.sum().backward()
print("2x + 1:", x.grad)

# Part 2. zero_() overwrites the gradient with zeros, in place, and the next backward adds to zeros.
x.grad.zero_()
print("zero_():", x.grad)
x.sum().backward()
print("1:     ", x.grad)

# None throws the tensor away, and the next backward makes a new one. An optimizer does this for all tensors that it was
# given; with set_to_none=False it fills them with zeros.
x.grad = None
x.sum().backward()
print("1:     ", x.grad)

torch.optim.SGD([x], lr=0.1).zero_grad()
print("zero_grad():", x.grad)
x.sum().backward()
print("1:     ", x.grad)
