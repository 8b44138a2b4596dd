"""The second derivative: a model answer."""

import math

import torch


def h(x):
    return x**3 * torch.sin(x)


def first(x):
    """The slope of h at x, still attached to x."""
    # Normally a gradient is a constant. With create_graph=True the pass that computes it is recorded like any other
    # computation, so what comes out has a history of its own.
    (slope,) = torch.autograd.grad(h(x), x, create_graph=True)
    return slope


x = torch.tensor(1.5, requires_grad=True)
slope = first(x)
(curvature,) = torch.autograd.grad(slope, x)
print("h'(1.5): ", slope.item())
print('h"(1.5): ', curvature.item())

# On paper: h" = 6x sin(x) + 6x² cos(x) - x³ sin(x)
print("on paper:", 9 * math.sin(1.5) + 13.5 * math.cos(1.5) - 3.375 * math.sin(1.5))

# Why the second derivative costs more: it has to be computed from the first one, so the whole backward pass that led to
# the first derivative must have been recorded as a graph, on top of the graph of h. By the chain rule each operation of
# h leaves several in that larger graph; all their intermediate results stay in memory, and all of them are gone through
# once more. (For a function of n inputs it is worse still: the second derivatives are n times n numbers.)
