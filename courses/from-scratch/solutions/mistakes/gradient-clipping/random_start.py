import torch


def clip_gradients(params, max_norm):
    with_grad = [p for p in params if p.grad is not None]
    n = torch.cat([p.grad.flatten() for p in with_grad]).pow(2).sum().sqrt()
    if n > max_norm:
        for p in with_grad:
            p.grad = max_norm * p.grad / n
    return n


torch.manual_seed(1)
x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.randn(1, requires_grad=True)
b = torch.randn(1, requires_grad=True)
for epoch in range(15):
    loss = torch.nn.functional.mse_loss(w * x + b, y)
    loss.backward()
    norm = clip_gradients([w, b], 2.0)
    print(f"epoch {epoch}: loss {loss.item():.3f}, norm {norm.item():.3f}")
    for p in [w, b]:
        p.data -= 0.1 * p.grad
        p.grad = None
