import torch

X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 4.0], [2.0, 2.0]])
y = torch.tensor([3.0, 1.0, 5.0, 4.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)
b = torch.tensor(0.25, requires_grad=True)
((X @ w + b - y) ** 2).sum().backward()
