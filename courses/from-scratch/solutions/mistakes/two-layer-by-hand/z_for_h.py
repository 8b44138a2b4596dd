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
    d2 = 2 * (forward(X, W1, b1, W2, b2) - y) / y.numel()
    d1 = d2 @ W2.T * (z >= 0)
    return [X.T @ d1, d1.sum(0), z.T @ d2, d2.sum(0)]


params = [t.clone().requires_grad_() for t in (W1, b1, W2, b2)]
loss = (forward(X, *params) - y).pow(2).mean() / 2
print(torch.autograd.grad(loss, params))
