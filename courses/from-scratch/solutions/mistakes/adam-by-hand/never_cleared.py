import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
moments = {}
for t in range(1, 11):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for p in (W, b):
        m, v = moments.get(p, (0.0, 0.0))
        m = m + 0.1 * (p.grad - m)
        v = v + 0.001 * (p.grad**2 - v)
        moments[p] = m, v
        p.data -= 0.1 * m / (1 - 0.9**t) / ((v / (1 - 0.999**t)).sqrt() + 0.01)
