import torch


def hvp(f, x, v):
    x = x.clone().requires_grad_(True)
    g = torch.autograd.grad(f(x), x, create_graph=True)[0]
    return (g * v).sum()


def newton(f, x, steps, lr=1.0):
    """minimise f"""
    for _ in range(steps):
        x = x.clone().requires_grad_(True)
        g = torch.autograd.grad(f(x), x)[0]
        x = (x - lr * g).detach()
    return x
