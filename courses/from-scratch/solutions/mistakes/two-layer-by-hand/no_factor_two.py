import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    return torch.relu(X @ W1 + b1) @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    h = torch.relu(z1)
    diff = (h @ W2 + b2 - y) / y.numel()
    d_hidden = diff @ W2.T
    d_hidden = d_hidden * (z1 > 0).float()
    return X.T @ d_hidden, d_hidden.sum(dim=0), h.T @ diff, diff.sum(dim=0)


q = [t.clone().requires_grad_() for t in (W1, b1, W2, b2)]
loss = torch.nn.MSELoss()(forward(X, *q), y)
loss.backward()
print(q[0].grad / gradients(X, y, W1, b1, W2, b2)[0])
