import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)

for _ in range(8):
    for rows in torch.randperm(12).split(3):
        loss = ((w * x[rows] + b - y[rows]) ** 2).mean()
        (loss / 4).backward()
    with torch.no_grad():
        for p in (w, b):
            p -= 0.1 * p.grad
            p.grad.zero_()
