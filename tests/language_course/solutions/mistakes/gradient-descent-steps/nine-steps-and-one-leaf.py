import torch

x = torch.linspace(-1, 1, 9)
y = 3 * x - 1
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for number in range(9):
    w.grad = b.grad = None
    ((w * x + b - y) ** 2).mean().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= (0.2 if number == 4 else 0.1) * b.grad
