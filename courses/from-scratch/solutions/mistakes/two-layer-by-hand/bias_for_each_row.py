import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    z = torch.matmul(X, W1) + b1
    return torch.matmul(torch.maximum(z, torch.tensor(0.0)), W2) + b2


def backprop(X, y, W1, b1, W2, b2):
    z = torch.matmul(X, W1) + b1
    h = torch.maximum(z, torch.tensor(0.0))
    e = 2 * (torch.matmul(h, W2) + b2 - y) / (y.shape[0] * y.shape[1])
    dz = torch.matmul(e, W2.T) * torch.where(z > 0, 1.0, 0.0)
    return torch.matmul(X.T, dz), dz, torch.matmul(h.T, e), e


print([g.shape for g in backprop(X, y, W1, b1, W2, b2)])
