"""Control flow with a single number: a model answer."""

import torch


def f(a):
    """Double 2a until it is far enough from zero; multiply by 100 unless it is positive."""
    b = a * 2
    while b.norm() < 1000:  # the norm of a single number is its absolute value
        b = b * 2
    return b if b.sum() > 0 else 100 * b


torch.manual_seed(0)
a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()

# Both are floats, so they are compared for closeness.
print("gradient", a.grad.item(), "d / a", (d / a).item(), "equal:", torch.isclose(a.grad, d / a).item())

# Autograd sees no loop and no branch: it sees the multiplications that were carried out. These are doublings and
# perhaps a factor 100. Whatever they were, close to this a the result is one fixed number k times a. So the slope is k,
# and since d = k * a, k is also d / a.
