import torch

torch.manual_seed(0)
a = torch.randn(5, requires_grad=True)
b = (a ** 2).mean()
b.backward()
print(a.grad / a)
