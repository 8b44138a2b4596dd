import torch

w = torch.zeros(2, requires_grad=True)
inputs = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
targets = inputs @ torch.tensor([1.0, -2.0])
for _ in range(60):
    ((inputs @ w - targets) ** 2).sum().backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
    w.grad.zero_()
print(w)
