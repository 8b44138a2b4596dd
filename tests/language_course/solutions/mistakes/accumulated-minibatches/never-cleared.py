import torch

w = torch.zeros(2, requires_grad=True)
x = torch.randn(24, 2)
y = x @ torch.tensor([1.0, 2.0])
optimizer = torch.optim.SGD([w], lr=0.05)
for number in range(12):
    rows = slice(2 * number, 2 * number + 2)
    ((x[rows] @ w - y[rows]) ** 2).mean().backward()
    if number % 4 == 3:
        optimizer.step()
