import torch


def g(a, b, c):
    return a**2 * b + c.exp()


point = tuple(torch.tensor(number) for number in (1.5, -0.7, 0.3))
print(torch.autograd.functional.jacobian(g, point))
