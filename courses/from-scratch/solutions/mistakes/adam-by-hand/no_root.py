import torch

W = torch.nn.Parameter(torch.arange(6.0).view(2, 3))
b = torch.nn.Parameter(torch.zeros(2))
scale = torch.tensor([10.0, 1.0, 0.01])
m = {p: torch.zeros_like(p) for p in (W, b)}
v = {p: torch.zeros_like(p) for p in (W, b)}
for t in range(1, 11):
    (torch.sum(scale * (W - 1) ** 2) + torch.sum((b + 2) ** 2)).backward()
    with torch.no_grad():
        for p in (W, b):
            m[p] = 0.9 * m[p] + 0.1 * p.grad
            v[p] = 0.999 * v[p] + 0.001 * p.grad.square()
            p.sub_(0.1 * (m[p] / (1 - 0.9**t)) / (v[p] / (1 - 0.999**t) + 0.01))
            p.grad.zero_()
