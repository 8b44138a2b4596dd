import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
order = torch.randperm(12)
for epoch in range(10):
    for rows in order.view(4, 3):
        loss = torch.sum((w * x[rows] + b - y[rows]) ** 2)
        (loss / 4).backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad, b.grad = None, None
