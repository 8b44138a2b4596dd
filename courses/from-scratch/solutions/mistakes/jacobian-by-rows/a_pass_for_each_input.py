import torch
def jacobian_by_rows(f, x):
    x = x.detach().requires_grad_()
    rows = []
    for i in range(x.shape[0]):
        out = f(x)
        x.grad = None
        out[i].backward()
        rows.append(x.grad.clone())
    return torch.stack(rows)

def f(x):
    return torch.stack([x[0] ** 2 * x[1], torch.sin(x[1])])

a = torch.tensor([1.0, 2.0])
by_rows = jacobian_by_rows(f, a)
by_jacrev = torch.autograd.functional.jacobian(f, a)
print((by_rows - by_jacrev).abs().max())
