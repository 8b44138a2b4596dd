import torch


def f(a):
    b = a * 2 + 1
    while b.norm() < 1000:
        b = b * 2
    return b if b > 0 else 100 * b


a = torch.tensor(0.6, requires_grad=True)
d = f(a)
d.backward()
print("a.grad:", a.grad)
print("d / a:", d / a)
print("almost...")
