import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
params = [w, b]
velocities = [torch.zeros_like(p) for p in params]

for t in range(12):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    lr = 0.05 * 0.8**t
    with torch.no_grad():
        for p, v in zip(params, velocities):
            v.mul_(0.9).add_(p.grad)
            p -= lr * v
            p.grad.zero_()
