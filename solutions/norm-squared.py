"""The gradient of a squared norm: a model answer."""

import torch

torch.manual_seed(0)
x = torch.randn(5, requires_grad=True)

# One number comes out, so backward() needs no weights.
squared = torch.linalg.norm(x) ** 2
squared.backward()
print("‖x‖²:    ", squared.item())
print("gradient:", x.grad)

# When only xᵢ moves, all other terms of the sum stay as they are, and xᵢ² has the derivative 2xᵢ. The norm itself has a
# root in it, and another gradient: x / ‖x‖. Squaring brings in the factor 2‖x‖, and ‖x‖ cancels. These are floats on
# their way through a root: compare for closeness.
print("is 2x:   ", torch.allclose(x.grad, 2 * x))
