import torch
from torch.func import grad, hessian


def hvp(f, x, v):
    H = hessian(f)(x)
    return H @ v


def newton(f, x, steps):
    for i in range(steps):
        x = x - torch.linalg.solve(hessian(f)(x), grad(f)(x))
    return x


def rosenbrock(x):
    return ((1 - x[:-1]) ** 2 + 5 * (x[1:] - x[:-1] ** 2) ** 2).sum()


print(newton(rosenbrock, torch.tensor([0.5, 0.5]), 5))
