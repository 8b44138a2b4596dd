"""Backward, twice: a model answer."""

import torch

x = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)

# Part 1. Each multiplication stores its factors, because the derivative of x * x needs x. The first backward uses these
# stored values and frees them; the second finds nothing left to work with.
y = torch.dot(x, x)
y.backward()
try:
    y.backward()
except RuntimeError as error:
    print("The second backward failed:", error)

# Part 2. Start from a clean gradient, and ask the first pass to keep what the second will need.
x.grad = None
y = torch.dot(x, x)
y.backward(retain_graph=True)
after_one_pass = x.grad.clone()  # a copy: x.grad itself is about to be changed in place
y.backward()
after_two_passes = x.grad

# backward() does not write into x.grad, it adds to it. That is useful where one leaf enters several losses, and it is
# the reason why training loops clear their gradients before every step.
print("after one pass: ", after_one_pass)
print("after two passes:", after_two_passes)
print("twice as much:  ", torch.equal(after_two_passes, 2 * after_one_pass))

# And why not x.sum()? Its derivative is 1 whatever x is, so nothing is stored, nothing is freed, and nothing fails.
