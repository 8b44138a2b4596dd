import torch

def jacobian_by_rows(f, x):
    x.requires_grad_(True)
    y = f(x)
    rows = []
    for i in range(y.shape[0]):
        y[i].backward()
        rows.append(x.grad.clone())
        x.grad.zero_()
    return torch.stack(rows)

def f(x):
    return torch.stack([x[0] * x[1], x[0] + x[1] ** 2, x[0] ** 3])

x = torch.tensor([1.0, 2.0])
by_rows = jacobian_by_rows(f, x)
by_jacrev = torch.func.jacrev(f)(x)
print(torch.allclose(by_rows, by_jacrev))
