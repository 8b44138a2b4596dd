import torch

torch.manual_seed(3)
X, y = torch.randn(8, 3), torch.randn(8)
w = torch.randn(3, requires_grad=True)
b = torch.randn(1, requires_grad=True)
residual = X @ w + b - y
loss = (residual * residual.detach()).mean()
loss.backward()
centred = X - X.mean(0, keepdim=True)
