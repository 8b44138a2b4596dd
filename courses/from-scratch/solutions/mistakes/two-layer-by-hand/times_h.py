import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    return (X @ W1 + b1) @ W2 + b2


def gradients(X, y, W1, b1, W2, b2):
    z = X @ W1 + b1
    h = z.clamp(min=0)
    dout = (h @ W2 + b2 - y) * 2 / y.numel()
    dh = dout @ W2.T
    dz = dh * h  # chain rule through relu
    return X.T @ dz, dz.sum(0), h.T @ dout, dout.sum(0)


p = [t.requires_grad_() for t in (W1, b1, W2, b2)]
(forward(X, *p) - y).square().mean().backward()
print(W1.grad)
