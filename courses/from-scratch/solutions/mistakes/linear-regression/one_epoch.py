import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def loss(w, b, X, y):
    return (X @ w + b - y) ** 2


w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for rows in torch.randperm(64).split(16):
    l = loss(w, b, X[rows], y[rows]).mean()
    l.backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
        b -= 0.25 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    print(l.item())
