import torch

x = torch.tensor([[1.0, 2.0], [2.0, -1.0]], requires_grad=True)
w = torch.tensor([1.0, 2.0], requires_grad=True)
rate = 0.4
for _ in range(4):
    ((x @ w) ** 2).mean().backward()
    with torch.no_grad():
        w -= rate * w.grad
        w.grad.zero_()
    rate /= 2
