import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        return 100 * b
    return b


a = torch.tensor([[0.4, -0.1], [0.9, 0.2]], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.backward(torch.ones(2, 2))
print(a.grad, d / a)
