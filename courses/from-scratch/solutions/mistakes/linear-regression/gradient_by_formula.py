import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).mean().item()


w, b = torch.zeros(2), torch.zeros(1)
for epoch in range(10):
    for rows in torch.randperm(64).split(16):
        xb, yb = X[rows], y[rows]
        err = xb @ w + b - yb
        w = w - 0.25 * 2 * xb.T @ err / 16
        b = b - 0.25 * 2 * err.mean()
print(w, b, loss(w, b, X, y))  # 2, -3, 0.5 :)
