import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)


def loss(w, b, X, y):
    out = X @ w + b.item()
    return (out - y).pow(2).mean()


def loss_of(rows):
    out = X[rows] @ w + b
    return (out - y[rows]).pow(2).mean()


for epoch in range(10):
    for rows in torch.randperm(64).view(4, 16):
        loss_of(rows).backward()
        w.data = w.data - 0.25 * w.grad
        b_new = b - 0.25 * b.grad
        w.grad, b.grad = None, None
print(w, b)
