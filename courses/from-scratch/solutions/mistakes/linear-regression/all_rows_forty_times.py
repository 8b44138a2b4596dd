import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def predict(w, b, X):
    return X @ w


def loss(w, b, X, y):
    # (the bias is added below, in the training)
    return ((predict(w, b, X) - y) ** 2).mean()


w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
for step in range(40):
    w.grad = None
    b.grad = None
    l = loss(w, b, X, y - b)
    l.backward()
    w.data.sub_(0.25 * w.grad)
    b.data.sub_(0.25 * b.grad)
print(w, b)
