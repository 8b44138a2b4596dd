import torch

torch.manual_seed(3)
start = torch.randn(()).item()


def f(a):
    slope = start
    while abs(slope) < 1000:
        slope *= 2
    if slope <= 0:
        slope *= 100
    return slope * a


a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad, d / a)
