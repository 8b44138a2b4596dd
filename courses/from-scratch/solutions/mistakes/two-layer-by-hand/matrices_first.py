import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)

def forward(X, W1, b1, W2, b2):
    h = torch.relu(X @ W1 + b1)
    return h @ W2 + b2

def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.relu(z)
    delta = 2 * (h @ W2 + b2 - y) / y.numel()
    hidden = (delta @ W2.T) * (z > 0).float()
    return X.T @ hidden, h.T @ delta, hidden.sum(0), delta.sum(0)

P = [t.requires_grad_() for t in (W1, W2, b1, b2)]
l = (forward(X, W1, b1, W2, b2) - y).pow(2).mean()
l.backward()
for t, g in zip(P, gradients(X, y, W1, b1, W2, b2)):
    assert torch.allclose(t.grad, g, atol=1e-5)
