import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    return torch.relu(torch.relu(X @ W1 + b1) @ W2 + b2)


def gradients(X, y, W1, b1, W2, b2):
    a1 = X @ W1 + b1
    h1 = torch.relu(a1)
    out = h1 @ W2 + b2
    delta2 = 2 * (out - y)
    delta1 = delta2 @ W2.T
    delta1[a1 <= 0] = 0
    return X.T @ delta1, delta1.sum(0), h1.T @ delta2, delta2.sum(0)


for p in (W1, b1, W2, b2):
    p.requires_grad = True
loss = ((torch.relu(X @ W1 + b1) @ W2 + b2 - y) ** 2).sum()
loss.backward()
for p, g in zip((W1, b1, W2, b2), gradients(X, y, W1, b1, W2, b2)):
    print((p.grad - g).abs().max().item())
