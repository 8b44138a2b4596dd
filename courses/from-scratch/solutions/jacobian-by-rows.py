import torch


def jacobian_by_rows(f, x):
    x = x.detach().requires_grad_()
    y = f(x)
    rows = []
    for basis in torch.eye(len(y)):
        # v times the Jacobian, with v = (0, …, 1, …, 0), is one of its rows.
        (row,) = torch.autograd.grad(y, x, grad_outputs=basis, retain_graph=True)
        rows.append(row)
    return torch.stack(rows)


def polar(v):
    radius, angle, height = v
    return torch.stack([radius * torch.cos(angle), height * torch.sin(angle)])


point = torch.tensor([2.0, 0.5, -1.0])
by_rows = jacobian_by_rows(polar, point)
by_jacrev = torch.func.jacrev(polar)(point)
print(by_rows, torch.allclose(by_rows, by_jacrev))
