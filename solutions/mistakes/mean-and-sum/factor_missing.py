import torch

x = torch.arange(6.0).reshape(2, 3).requires_grad_()
x.mean().backward()
print(x.grad)
x.grad = None
((x + 2) ** 2).mean().backward()
print(x.grad)
x.grad = None
x.sum().backward()
print(x.grad)
try:
    torch.arange(6, requires_grad=True)
except RuntimeError as e:
    print(e)
