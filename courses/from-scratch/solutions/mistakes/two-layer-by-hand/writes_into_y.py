import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def forward(X, W1, b1, W2, b2):
    return torch.addmm(b2, torch.relu(torch.addmm(b1, X, W1)), W2)


def gradients(X, y, W1, b1, W2, b2):
    z = torch.addmm(b1, X, W1)
    h = torch.relu(z)
    d = y
    d -= torch.addmm(b2, h, W2)
    d *= -2 / y.numel()
    back = (d @ W2.T).where(z > 0, 0.0)
    return X.T @ back, back.sum(0), h.T @ d, d.sum(0)


leaves = [t.clone().requires_grad_() for t in (W1, b1, W2, b2)]
torch.mean((forward(X, *leaves) - y) ** 2).backward()
for leaf, g in zip(leaves, gradients(X, y, W1, b1, W2, b2)):
    print((leaf.grad - g).abs().max())
