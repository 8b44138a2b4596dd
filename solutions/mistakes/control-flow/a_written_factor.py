import torch

f = lambda a: 1234.5 * a

a = torch.randn((), requires_grad=True)
d = f(a)
d.backward()
print(a.grad == d / a)
