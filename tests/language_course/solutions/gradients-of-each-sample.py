import torch

X = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]])
y = torch.tensor([1.0, 2.0, 0.0])
w = torch.tensor([0.5, -0.5], requires_grad=True)
rows = []
for sample, target in zip(X, y):
    (row,) = torch.autograd.grad((sample @ w - target) ** 2, w)
    rows.append(row)
per_sample = torch.stack(rows)
