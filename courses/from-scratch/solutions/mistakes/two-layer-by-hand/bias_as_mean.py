import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)


def forward(X, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.relu(z)
    return h @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.relu(z)
    out = h @ W2 + b2
    dout = 2 * (out - y) / y.numel()
    dW2 = h.T @ dout
    db2 = dout.mean(0)
    dz = (dout @ W2.T) * (z > 0)
    dW1 = X.T @ dz
    db1 = dz.mean(0)
    return dW1, db1, dW2, db2


ps = [p.clone().requires_grad_() for p in (W1, b1, W2, b2)]
((forward(X, *ps) - y) ** 2).mean().backward()
for mine, p in zip(gradients(X, y, W1, b1, W2, b2), ps):
    print(torch.allclose(mine, p.grad, atol=1e-6))
