import torch

def hvp(f, x, v):
    x = x.detach().requires_grad_()
    g = torch.autograd.grad(f(x), x, create_graph=True)[0]
    return torch.autograd.grad(g, x, torch.ones_like(g))[0]

def newton(f, x, steps):
    for _ in range(steps):
        g = torch.func.grad(f)(x)
        Hg = torch.func.jvp(torch.func.grad(f), (x,), (g,))[1]
        # one iteration of CG is enough
        x = x - g.dot(g) / g.dot(Hg) * g
    return x
