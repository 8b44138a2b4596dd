"""Mean, sum, and what they do to a gradient: a model answer."""

import torch

# Part 1. The mean is (x₁ + x₂ + x₃ + x₄) / 4. When one element grows by a little, the mean grows by a quarter of that,
# whatever the values are. In the sum there is nothing to divide by.
x = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
x.mean().backward()
print("mean:", x.grad, sep="\n")

x.grad = None
x.sum().backward()
print("sum:", x.grad, sep="\n")

# Part 2. The derivative of 3 (x + 2)² is 6 (x + 2), and the mean divides it by n.
x.grad = None
(3 * (x + 2) ** 2).mean().backward()
print("mean of 3(x + 2)²:", x.grad, sep="\n")
print("is 6(x + 2)/n:", torch.allclose(x.grad, 6 * (x + 2) / x.numel()))

# Part 3. A slope says what a very small change would do, and whole numbers know no small changes.
whole = torch.tensor([[1, 2], [2, 3]])
try:
    whole.requires_grad_(True)
except RuntimeError as error:
    print(f"{whole.dtype} cannot require grad:", error)

numbers = torch.tensor([[1, 2], [2, 3]], dtype=torch.float64, requires_grad=True)
numbers.mean().backward()
print("the gradient is", numbers.grad.dtype, numbers.grad, sep="\n")
