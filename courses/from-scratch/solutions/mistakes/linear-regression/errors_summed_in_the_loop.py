import torch
x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def squared_loss(w, b, X, y):
    return (X @ w + b - y) ** 2

w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
lr, batch_size = 0.25, 16
for epoch in range(10):
    p = torch.randperm(64)
    for i in range(0, 64, batch_size):
        j = p[i:i + batch_size]
        squared_loss(w, b, X[j], y[j]).sum().backward()
        with torch.no_grad():
            for param in (w, b):
                param -= lr * param.grad / batch_size
                param.grad.zero_()
print(w, b)
