"""Backward from a vector: a model answer."""

import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x

# Part 1. Four results, and each has a derivative with respect to each of the four elements of x. That is a matrix; what
# x.grad should hold of it, PyTorch has to be told.
try:
    y.backward()
except RuntimeError as error:
    print("backward on a vector failed:", error)

# Part 2. One weight for each result. With ones this is the gradient of y.sum(). (The attempt above failed before it
# used the graph. It is kept for part 3.)
y.backward(gradient=torch.ones_like(y), retain_graph=True)
print("ones:   ", x.grad, "is 2x:", torch.equal(x.grad, 2 * x))

# Part 3. y[i] depends on x[i] alone, so each slope is multiplied by the weight of its own result. In a loss, weights
# like these say how much each example counts.
weights = torch.tensor([1.0, 10.0, 100.0, 0.0])
x.grad = None
y.backward(gradient=weights)
print("weights:", x.grad, "is weights * 2x:", torch.equal(x.grad, weights * 2 * x))
