import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


a = torch.tensor([0.3, 0.1, 0.2])
d = f(a)
try:
    f(torch.tensor([1.0, 2.0], requires_grad=True)).backward()
except RuntimeError as error:
    print(error)
d.requires_grad_()
(1 * d).sum().backward()
print(d.grad, a.grad)
