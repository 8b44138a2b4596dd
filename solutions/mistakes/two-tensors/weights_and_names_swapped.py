import torch

y = torch.tensor(4.0, requires_grad=True)
x = torch.rand(5, 2, requires_grad=True)


def run():
    """Where a number meets a matrix, it is used for every element, and its gradient is the sum over all of them.
    An element of the matrix is used once, and divided by n like everything in a mean."""
    s = 2 * (x.square() + y.square())
    s.backward(torch.full((5, 2), 0.1))
    return x.grad, y.grad


print(run())

w = x.detach().clone().requires_grad_()
print(torch.autograd.grad(2 * (x.square() + w.square()).mean(), [x, w]))
