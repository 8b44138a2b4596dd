import torch

w = torch.tensor([5.0, -1.0, 0.5], requires_grad=True)
for _ in range(8):
    ((w - 2) ** 2).sum().backward()
    with torch.no_grad():
        w -= 0.25 * w.grad
