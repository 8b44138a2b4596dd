import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)

def forward(X, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.where(z > 0, z, 0)
    return h @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.where(z > 0, z, 0)
    dout = 2 * (h @ W2 + b2 - y) / y.numel()
    dW2 = dout @ h.T
    db2 = dout.sum(0)
    dW1 = X.T @ (dout @ W2.T * (z > 0))
    return dW1, (dout @ W2.T * (z > 0)).sum(0), dW2, db2

print(gradients(X, y, W1, b1, W2, b2))
