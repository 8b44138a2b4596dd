"""The reference solution of two-layer-by-hand."""

import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)


def forward(X, W1, b1, W2, b2):
    return torch.relu(X @ W1 + b1) @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = torch.relu(z)
    d_out = 2 * (h @ W2 + b2 - y) / y.numel()
    d_z = (d_out @ W2.T) * (z > 0)
    return X.T @ d_z, d_z.sum(0), h.T @ d_out, d_out.sum(0)


params = [p.requires_grad_() for p in (W1, b1, W2, b2)]
loss = ((forward(X, *params) - y) ** 2).mean()
loss.backward()
by_hand = gradients(X, y, *params)
print([float((p.grad - g).abs().max()) for p, g in zip(params, by_hand)])
