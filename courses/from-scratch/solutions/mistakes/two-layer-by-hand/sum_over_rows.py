import torch

torch.manual_seed(0)
X, y = torch.randn(6, 3), torch.randn(6, 2)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 2), torch.randn(2)



def net(X, W1, b1, W2, b2):
    hidden = torch.einsum("nd,dm->nm", X, W1) + b1
    return torch.einsum("nm,mk->nk", hidden.clamp_min(0), W2) + b2


def backward_by_rows(X, y, W1, b1, W2, b2):
    """Adds up what each single example contributes."""
    gW1, gb1, gW2, gb2 = (torch.zeros_like(p) for p in (W1, b1, W2, b2))
    for x, target in zip(X, y):
        z = x @ W1 + b1
        h = torch.where(z > 0, z, 0)
        delta = 2 * (h @ W2 + b2 - target) / y.numel()
        back = (W2 @ delta) * torch.heaviside(z, torch.tensor(0.0))
        gW2 += torch.outer(h, delta)
        gb2 += delta
        gW1 += torch.outer(x, back)
        gb1 += back
    return gW1, gb1, gW2, gb2


params = [torch.nn.Parameter(p) for p in (W1, b1, W2, b2)]
out = net(X, *params)
grads = torch.autograd.grad(torch.nn.functional.mse_loss(out, y), params)
with torch.no_grad():
    print([torch.allclose(a, b, atol=1e-6) for a, b in zip(grads, backward_by_rows(X, y, *params))])
