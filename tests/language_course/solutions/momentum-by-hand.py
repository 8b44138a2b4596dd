import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
velocity = torch.zeros(2)
for _ in range(6):
    (w**2).sum().backward()
    velocity = 0.9 * velocity + w.grad
    w.data -= 0.05 * velocity
    w.grad.zero_()
