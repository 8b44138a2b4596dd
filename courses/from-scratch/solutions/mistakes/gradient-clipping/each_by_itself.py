import torch

x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)


def clip_gradients(params, max_norm):
    norms = []
    for p in params:
        n = p.grad.norm()
        norms.append(n)
        if n > max_norm:
            p.grad *= max_norm / n
    return max(norms)


for i in range(15):
    loss = torch.mean((w * x + b - y) ** 2)
    loss.backward()
    clip_gradients([w, b], 2)
    w.data -= 0.1 * w.grad
    b.data -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    print(i, loss.item())
