import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    h = (X @ W1 + b1).relu()
    return h @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = z.relu()
    d = 2 / y.numel() * (h @ W2 + b2 - y)
    dW2, db2 = h.T @ d, d.sum(0)
    dz = (d @ W2.T).masked_fill(z < 0, 0.0)
    return dW2, db2, X.T @ dz, dz.sum(0)


ps = [p.clone().requires_grad_() for p in (W1, b1, W2, b2)]
((forward(X, *ps) - y) ** 2).mean().backward()
print(ps[2].grad, gradients(X, y, W1, b1, W2, b2)[0])
