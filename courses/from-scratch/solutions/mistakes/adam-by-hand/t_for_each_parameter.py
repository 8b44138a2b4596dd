import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
t = 0
m = [torch.zeros(2), torch.zeros(2, 3)]
v = [torch.zeros(2), torch.zeros(2, 3)]
for _ in range(10):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for i, p in enumerate([b, W]):
        t += 1
        m[i] = 0.9 * m[i] + 0.1 * p.grad
        v[i] = 0.999 * v[i] + 0.001 * p.grad**2
        with torch.no_grad():
            p -= 0.1 * (m[i] / (1 - 0.9**t)) / ((v[i] / (1 - 0.999**t)).sqrt() + 0.01)
        p.grad = None
