import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])


def adam(p, m, v, t, b2=0.9, b1=0.999, lr=0.1, eps=1e-2):
    g = p.grad
    m[:] = b1 * m + (1 - b1) * g
    v[:] = b2 * v + (1 - b2) * g**2
    p.data -= lr * m / (1 - b1**t) / (torch.sqrt(v / (1 - b2**t)) + eps)
    p.grad = None


ms = [torch.zeros_like(p) for p in (W, b)]
vs = [torch.zeros_like(p) for p in (W, b)]
for t in range(1, 11):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for p, m, v in zip((W, b), ms, vs):
        adam(p, m.data, v.data, t)
