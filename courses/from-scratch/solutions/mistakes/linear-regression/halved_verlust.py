# Lineare Regression, alles von Hand
import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5


def verlust(w, b, X, y):
    """Quadratischer Fehler."""
    fehler = X @ w + b - y
    return 0.5 * (fehler ** 2).mean()


w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lernrate = 0.25

for epoche in range(10):
    reihenfolge = torch.randperm(64)
    for i in range(0, 64, 16):
        idx = reihenfolge[i:i + 16]
        l = verlust(w, b, X[idx], y[idx])
        l.backward()
        with torch.no_grad():
            w -= lernrate * w.grad
            b -= lernrate * b.grad
            w.grad.zero_()
            b.grad.zero_()
    print(epoche, verlust(w, b, X, y).item())
print(w, b)
