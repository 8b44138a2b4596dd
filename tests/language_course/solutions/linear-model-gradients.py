import torch

torch.manual_seed(3)
X = torch.randn(8, 3)
y = torch.randn(8)
w = torch.randn(3, requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
loss = ((X @ w + b - y) ** 2).mean()
loss.backward()
centred = X - X.mean(dim=0)
