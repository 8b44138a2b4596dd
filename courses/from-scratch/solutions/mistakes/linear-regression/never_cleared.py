import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr = 0.25


def mse(w, b, X, y):
    return torch.mean((torch.matmul(X, w) + b - y) ** 2)


for epoch in range(10):
    perm = torch.randperm(len(X))
    for k in range(4):
        batch = perm[16 * k : 16 * (k + 1)]
        L = mse(w, b, X[batch], y[batch])
        L.backward()
        with torch.no_grad():
            w -= lr * w.grad
            b -= lr * b.grad
    print("epoch", epoch, "loss", float(L))
print(w.tolist(), b.item())
