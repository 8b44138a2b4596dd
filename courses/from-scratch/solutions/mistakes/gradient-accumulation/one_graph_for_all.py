import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(8):
    total = 0
    for i in range(4):
        xb, yb = x[3 * i : 3 * i + 3], y[3 * i : 3 * i + 3]
        total = total + ((w * xb + b - yb) ** 2).mean()
    (total / 4).backward()
    for p in (w, b):
        p.data -= 0.1 * p.grad
        p.grad.zero_()
