import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


def loss(w, b, X, y):
    return F.mse_loss(X @ w + b, y)


w = torch.nn.Parameter(torch.zeros(2))
b = torch.nn.Parameter(torch.zeros(1))
opt = torch.optim.SGD([w, b], lr=0.25)
loader = DataLoader(TensorDataset(X, y), batch_size=16, shuffle=True)
for epoch in range(10):
    for xb, yb in loader:
        opt.zero_grad()
        loss(w, b, xb, yb).backward()
        opt.step()
print(w.data, b.data)
