import torch

x = torch.ones(2, 2, requires_grad=True)
x.mean().backward()
print(x.grad)
x.grad.zero_()
x.sum().backward()
print(x.grad)
x.grad.zero_()
(4.5 * x).sum().add(9).backward()
print(x.grad, 6 * (x + 2) / 4)
