import torch

def jacobian_by_rows(f, x):
    x = x.clone().detach().requires_grad_(True)
    y = f(x)
    y.sum().backward()
    return x.grad

def g(x):
    return torch.stack([x[0] * x[1], x.sum()])

p = torch.tensor([1.0, 2.0, 3.0])
by_rows = jacobian_by_rows(g, p)
by_jacrev = torch.func.jacrev(g)(p)
print(by_rows)
print(by_jacrev)   # different shape?
