import torch
from torch.autograd.functional import jacobian


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


torch.manual_seed(5)
a = torch.randn(4, requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print("error:", e)

J = jacobian(f, a)
print(J)  # a multiple of the unit matrix
print(torch.allclose(J.sum(0), d / a))
