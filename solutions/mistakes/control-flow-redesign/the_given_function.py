import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


for value in (1.0, -1.0):
    a = torch.tensor(value, requires_grad=True)
    d = f(a)
    d.backward()
    print(a.grad == d / a)
# the gradient is the slope of the branch that was taken
