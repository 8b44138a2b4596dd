import torch
from torch.func import jacrev
from torch.autograd.functional import jacobian

def jacobian_by_rows(f, x):
    return jacrev(f)(x)

def h(x):
    return torch.cat([x ** 2, x.prod()[None]])

x = torch.tensor([1.0, 2.0, 3.0])
by_rows = jacobian_by_rows(h, x)
by_jacrev = jacobian(h, x)
assert torch.allclose(by_rows, by_jacrev)
