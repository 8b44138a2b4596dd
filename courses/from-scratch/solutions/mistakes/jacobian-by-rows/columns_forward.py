import torch
from torch.func import jvp, jacrev

def jacobian_by_rows(f, x):
    x = x.detach()
    columns = []
    for i in range(x.numel()):
        e = torch.zeros_like(x)
        e[i] = 1.0
        columns.append(jvp(f, (x,), (e,))[1])
    return torch.stack(columns, dim=1)

def rotate(v):
    return torch.stack([v[0] * torch.cos(v[1]), v[0] * torch.sin(v[1])])

v = torch.tensor([2.0, 0.3])
by_rows = jacobian_by_rows(rotate, v)
by_jacrev = jacrev(rotate)(v)
print((by_rows - by_jacrev).abs().max())
