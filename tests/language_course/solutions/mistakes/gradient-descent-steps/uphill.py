import torch

x = torch.linspace(-1, 1, 9)
y = 3 * x - 1
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for _ in range(10):
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    w.data += 0.1 * w.grad
    b.data += 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
