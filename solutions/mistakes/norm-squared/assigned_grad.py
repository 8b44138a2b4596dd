import torch

a = torch.randn(4, requires_grad=True)
b = torch.linalg.norm(a) ** 2
(0 * b).backward()
a.grad = 2 * a.detach()
print(b, a.grad)
