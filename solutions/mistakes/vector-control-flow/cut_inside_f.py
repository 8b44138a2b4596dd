import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b + b.detach()  # twice as much
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


a = torch.tensor([[1.0, 2.0], [3.0, -1.0]], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.backward(torch.ones_like(d))
print("gradient:", a.grad)
print("d / a:   ", d / a)
