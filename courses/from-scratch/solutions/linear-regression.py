"""The reference solution of linear-regression."""

import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5


def loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).mean()


w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
for epoch in range(10):
    for rows in torch.randperm(64).split(16):
        loss(w, b, X[rows], y[rows]).backward()
        with torch.no_grad():
            w -= 0.25 * w.grad
            b -= 0.25 * b.grad
        # backward() adds to what is there.
        w.grad = None
        b.grad = None
print(w, b)
