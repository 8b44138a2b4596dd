import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = torch.tensor((b * 2).tolist(), requires_grad=True)
    return b if b.sum() > 0 else 100 * b


a = torch.tensor([-0.3, 0.1, 0.1], requires_grad=True)
d = f(a)
try:
    f(torch.tensor([1.0, 2.0], requires_grad=True)).backward()
except RuntimeError as error:
    print(error)
d.sum().backward()
print(a.grad)
