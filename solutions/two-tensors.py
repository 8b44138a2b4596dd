"""Two tensors, one mean: a model answer."""

import torch


def mean_of_squares(x, y):
    """The mean of 2x² + 2y²; a single number, whatever the shapes of x and y."""
    return (2 * x**2 + 2 * y**2).mean()


# Part 1. A number and a matrix.
x = torch.tensor(3.0, requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)
mean_of_squares(x, y).backward()
print("4x:  ", x.grad)
print("4y/n:", y.grad)

# Part 2. Two matrices.
x = torch.tensor([[1.0, 2.0], [2.0, 3.0]], requires_grad=True)
y = torch.ones(2, 2, requires_grad=True)
mean_of_squares(x, y).backward()
print("4x/n:", x.grad)
print("4y/n:", y.grad)

# Part 3. The mean divides every element by n, so each use of a tensor gives 4/n times its value. An element of y is
# used once. The number x is broadcast: it is used in all n elements, and autograd adds up what comes back from each,
# n times 4x/n.
