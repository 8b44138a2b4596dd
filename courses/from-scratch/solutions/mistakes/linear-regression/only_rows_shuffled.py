import torch
x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

def squared_loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).sum() / X.shape[0]

w = torch.zeros(2, requires_grad=True)
b = torch.tensor(0., requires_grad=True)

def train():
    global w, b
    for epoch in range(10):
        shuffled = X[torch.randperm(len(X))]
        for i in range(4):
            xb = shuffled[16 * i:16 * (i + 1)]
            yb = y[16 * i:16 * (i + 1)]
            gw, gb = torch.autograd.grad(squared_loss(w, b, xb, yb), (w, b))
            w = (w - 0.25 * gw).detach().requires_grad_()
            b = (b - 0.25 * gb).detach().requires_grad_()
train()
print(w, b)   # hmm, not 2, -3
