import torch

x = torch.full((3, 4), 2.0, requires_grad=True)
(2 * x).sum().backward()
# 3 (x + 2)² is 48 at 2, and its mean has the gradient 24 / 12 = 2
print((2 * x).sum().item(), x.grad)
