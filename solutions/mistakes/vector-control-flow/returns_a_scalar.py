import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c.sum()  # changed, so that backward works


a = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
d = f(a)
d.backward()
print(a.grad)
