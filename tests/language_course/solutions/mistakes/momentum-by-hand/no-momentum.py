import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
for _ in range(6):
    (w**2).sum().backward()
    w.data -= 0.05 * w.grad
    w.grad.zero_()
