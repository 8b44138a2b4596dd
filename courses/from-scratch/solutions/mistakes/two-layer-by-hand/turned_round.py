import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    return torch.relu(X @ W1 + b1) @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    pre = X @ W1 + b1
    hid = torch.relu(pre)
    err = y - (hid @ W2 + b2)
    g_out = 2 * err / err.numel()
    g_pre = g_out @ W2.T * (pre > 0)
    return X.T @ g_pre, g_pre.sum(0), hid.T @ g_out, g_out.sum(0)


g = gradients(X, y, W1, b1, W2, b2)
params = [p.requires_grad_() for p in (W1, b1, W2, b2)]
torch.nn.functional.mse_loss(forward(X, *params), y).backward()
print(g[0] + W1.grad)
