import torch

torch.manual_seed(3)
X, y = torch.randn(8, 3), torch.randn(8)
w = torch.randn(3, requires_grad=True)
b = torch.randn(1, requires_grad=True)
((X @ w + b - y) ** 2).mean().backward()
centred = X - X.mean(1, keepdim=True)
