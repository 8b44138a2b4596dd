import torch

def minimise(f, x0):
    x0.requires_grad_()
    for _ in range(100):
        x0.grad = None
        f(x0).backward()
        x0.data -= 0.1 * x0.grad
    return x0
