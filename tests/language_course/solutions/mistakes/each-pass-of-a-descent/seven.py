import torch

w = torch.tensor([5.0, -1.0, 0.5], requires_grad=True)
for _ in range(7):
    (gradient,) = torch.autograd.grad(((w - 2) ** 2).sum(), w)
    w.data -= 0.25 * gradient
