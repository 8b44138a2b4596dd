import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

from torch.utils.data import DataLoader, TensorDataset


def mse(w, b, features, labels):
    return torch.dist(torch.addmv(b.expand(len(labels)), features, w), labels) ** 2 / len(labels)


def sgd_(parameters, lr):
    for p in parameters:
        p.data.add_(p.grad, alpha=-lr)


def train(epochs):
    w = torch.full((2,), 10.0, requires_grad=True)
    b = torch.full((1,), -10.0, requires_grad=True)
    history = []
    for _ in range(epochs):
        for features, labels in DataLoader(TensorDataset(X, y), batch_size=16, shuffle=True):
            for p in (w, b):
                p.grad = None
            loss = mse(w, b, features, labels)
            loss.backward()
            sgd_([w, b], 0.25)
            history.append(loss.item())
    return w, b, history


w, b, history = train(10)
print(w, b)
print(history[0], "->", history[-1])
