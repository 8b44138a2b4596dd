import torch


def clip_gradients(params, max_norm):
    total = torch.stack([p.grad.norm() for p in params if p.grad is not None]).norm()
    if total > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad /= total
    return min(total, torch.tensor(float(max_norm)))


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(10):
    ((w * x + b - y) ** 2).mean().backward()
    total = (w.grad**2 + b.grad**2).sqrt()
    k = 2 / total if total > 2 else 1
    with torch.no_grad():
        w -= 0.1 * k * w.grad
        b -= 0.1 * k * b.grad
    w.grad.zero_()
    b.grad.zero_()
