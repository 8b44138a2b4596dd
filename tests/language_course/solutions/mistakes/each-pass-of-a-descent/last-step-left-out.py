import torch

w = torch.tensor([5.0, -1.0, 0.5], requires_grad=True)
for number in range(8):
    w.grad = None
    ((w - 2) ** 2).sum().backward()
    if number < 7:
        w.data -= 0.25 * w.grad
