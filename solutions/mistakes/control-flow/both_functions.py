"""Both functions, one after the other."""

import torch


def f(a):
    """Double 2a until it is far enough from zero; multiply by 100 unless it is positive."""
    b = a * 2
    while b.norm() < 1000:  # the norm of a single number is its absolute value
        b = b * 2
    return b if b.sum() > 0 else 100 * b


def g(a):
    """The same loop and branch, but over a number drawn by chance, which then becomes the slope."""
    slope = torch.randn(())
    while slope.norm() < 1000:
        slope = slope * 2
    return (slope if slope > 0 else 100 * slope) * a


torch.manual_seed(0)
for function in (f, g):
    a = torch.randn((), requires_grad=True)
    d = function(a)
    d.backward()
    # Both are floats, so they are compared for closeness.
    print(f"{function.__name__}: gradient {a.grad.item():.6g}, d / a {(d / a).item():.6g}, equal:",
          torch.isclose(a.grad, d / a).item())

# Autograd sees no loop and no branch: it sees the multiplications that were carried out. For f these are doublings and
# perhaps a factor 100, for g a single one. Whatever they were, close to this a the result is one fixed number k times
# a. So the slope is k, and since d = k * a, k is also d / a.
