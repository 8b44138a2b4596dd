import torch


def clip_gradients(params, max_norm):
    total = torch.sqrt(sum((p.grad**2).sum() for p in params))
    with torch.no_grad():
        for p in params:
            if total > max_norm:
                p *= max_norm / total
    return total


x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for step in range(15):
    loss = ((w * x + b - y) ** 2).mean()
    clip_gradients([w, b], 2.0) if step else None
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
