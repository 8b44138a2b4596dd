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
    d = 2 * (h @ W2 + b2 - y) / 12
    d_z = torch.zeros(6, 4)
    for i in range(6):
        for j in range(4):
            if z[i, j] > 0:
                d_z[i, j] = (d[i] * W2[j]).sum()
    return X.T @ d_z, d_z.sum(0), h.T @ d, d.sum(0)


print(gradients(X, y, W1, b1, W2, b2))
