import torch

w = torch.tensor([4.0, -1.0], requires_grad=True)
for _ in range(5):
    (w**2).sum().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
