import torch

X = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]])
y = torch.tensor([1.0, 2.0, 0.0])
w = torch.tensor([0.5, -0.5], requires_grad=True)
((X @ w - y) ** 2).sum().backward()
per_sample = w.grad
