import torch

def jacobian_by_rows(f, x):
    # columns with forward differences
    n = len(x)
    y0 = f(x)
    J = torch.zeros(len(y0), n)
    eps = 1e-3
    for j in range(n):
        e = torch.zeros(n)
        e[j] = eps
        J[:, j] = (f(x + e) - f(x - e)) / (2 * eps)
    return J

def h(t):
    return torch.stack([t[0] ** 2, t[1] * t[2]])

x = torch.tensor([1.0, 2.0, 3.0])
by_rows = jacobian_by_rows(h, x)
by_jacrev = torch.func.jacrev(h)(x)
print(torch.allclose(by_rows, by_jacrev, atol=1e-2))
