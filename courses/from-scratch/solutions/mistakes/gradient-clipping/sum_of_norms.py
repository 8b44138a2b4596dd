import torch


def clip_gradients(params, max_norm):
    total = sum(p.grad.norm() for p in params if p.grad is not None)
    factor = min(1.0, max_norm / float(total))
    for p in params:
        if p.grad is not None:
            p.grad.mul_(factor)
    return torch.tensor(float(total) * factor)


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(15):
    ((w * x + b - y) ** 2).mean().backward()
    clip_gradients([w, b], 2.0)
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad = b.grad = None
