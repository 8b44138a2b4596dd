import torch
x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def loss(w, b, X, y):
    return ((X @ w + b - y)**2).mean()

w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
for epoch in range(10):
    for idx in torch.arange(64).chunk(4):
        l = loss(w, b, X[idx], y[idx])
        l.backward()
        w.data -= 0.25 * w.grad
        b.data -= 0.25 * b.grad
        w.grad.zero_()
        b.grad.zero_()
print(w, b)
