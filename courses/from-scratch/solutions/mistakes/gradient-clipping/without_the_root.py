import torch


def clip_gradients(params, max_norm):
    squares = sum((p.grad**2).sum() for p in params if p.grad is not None)
    if squares > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad.mul_(max_norm / squares)
    return squares


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(10):
    ((w * x + b - y) ** 2).mean().backward()
    clip_gradients([w, b], 2.0)
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
