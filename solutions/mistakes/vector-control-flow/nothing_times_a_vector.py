import torch


def f(a):
    return 7 * a + 1000


a = torch.zeros(3, requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as error:
    print(error)
d.sum().backward()
print(a.grad)
