import torch

X = torch.tensor([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]])
y = torch.tensor([1.0, 2.0, 0.0])
w = torch.tensor([0.5, -0.5], requires_grad=True)
rows = []
for i in range(3):
    ((X[i] @ w - y[i]) ** 2).backward()
    rows.append(w.grad.clone())
per_sample = torch.stack(rows)
