import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


torch.manual_seed(8)
a_mat = torch.randn(3, 4, requires_grad=True)
d = f(a_mat)
try:
    d.backward()
except RuntimeError as e:
    print("matrix:", e)

ones = torch.ones_like(d, dtype=torch.int64)
d.backward(ones)
print(a_mat.grad)
print((a_mat.grad - d / a_mat).abs().max())
