import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def loss(w, b, X, y):
    y_hat = torch.mm(X, w.reshape(-1, 1)) + b
    return ((y_hat - y) ** 2).mean()


w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(10):
    order = torch.randperm(64)
    for i in range(0, 64, 16):
        rows = order[i : i + 16]
        loss(w, b, X[rows], y[rows]).backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.25 * p.grad
                p.grad.zero_()
print(w, b)  # strange: w is nearly 0
