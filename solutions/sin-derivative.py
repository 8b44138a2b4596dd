"""Sine and its derivative: a model answer."""

import math

import matplotlib.pyplot as plt
import torch

x = torch.linspace(-math.pi, math.pi, 200, requires_grad=True)
y = torch.sin(x)

# Each y[i] depends on x[i] alone. So in the sum of all y, the slope with respect to x[i] is that of y[i], and one
# single backward gives the derivative at all 200 points.
y.sum().backward()

# matplotlib wants plain numbers: detach() gives x and y without their graph. A gradient has none to begin with.
fig, ax = plt.subplots()
ax.plot(x.detach(), y.detach(), label="sin(x)")
ax.plot(x.detach(), x.grad, label="its derivative, by autograd")
ax.set_xlabel("x")
ax.legend()
plt.show()
