import torch

def product(f, x, v):
    x.requires_grad_(True)
    g, = torch.autograd.grad(f(x), x, create_graph=True)
    return torch.autograd.grad(g @ v, x)[0]

def steps(f, x, steps):
    for k in range(steps):
        x.requires_grad_(True)
        g, = torch.autograd.grad(f(x), x)
        p = torch.zeros_like(g); r = g; d = r
        for _ in range(50):
            Hd = product(f, x, d)
            a = r.dot(r) / d.dot(Hd)
            p = p + a * d
            r_neu = r - a * Hd
            b = r_neu.dot(r_neu) / r.dot(r)
            r = r_neu
            d = r + b * d
            if r.norm() < 1e-6 * g.norm():
                break
        with torch.no_grad():
            x -= p
    return x

x0 = torch.tensor([1.0, 2.0, 3.0])
print(steps(lambda x: (x.exp() - x).sum(), x0, 5))
