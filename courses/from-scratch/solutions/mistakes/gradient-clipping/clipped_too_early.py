import torch


def clip_gradients(params, max_norm):
    params = [p for p in params if p.grad is not None]
    if not params:
        return 0.0
    n = torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in params]))
    if n > max_norm:
        for p in params:
            p.grad.data *= max_norm / n
    return n


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(15):
    loss = ((w * x + b - y) ** 2).mean()
    clip_gradients([w, b], 2.0)
    w.grad = b.grad = None
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
