"""Control flow with a vector input: a model answer."""

import torch


def f(a):
    """Double 2a until its norm reaches 1000; multiply by 100 unless its elements sum to something positive."""
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


torch.manual_seed(0)
a = torch.randn(2, 3, requires_grad=True)
d = f(a)

# Part 1. d has six elements, and each has its own derivative with respect to each element of a. Which of them should
# a.grad hold? PyTorch does not guess.
try:
    d.backward()
except RuntimeError as error:
    print("backward on a matrix failed:", error)

# Part 2. Weigh the six elements, here all alike. d.sum().backward() would do the same in other words. (The attempt
# above failed before it used the graph, so the graph is still whole.)
d.backward(gradient=torch.ones_like(d))
print("gradient:", a.grad, sep="\n")

# However often the loop turned and whichever branch was taken: close to this a, f multiplies by one fixed number k.
# So d = k * a, the derivative of each element is k, and k is d / a. They are floats: compare for closeness.
print("equal to d / a:", torch.allclose(a.grad, d / a))
