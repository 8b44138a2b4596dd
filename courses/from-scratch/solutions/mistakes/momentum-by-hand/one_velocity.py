import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
velocity = 0
for t in range(12):
    lr = 0.05 * 0.8**t
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for p in [b, w]:
            velocity = 0.9 * velocity + p.grad
            p.sub_(lr * velocity.mean() if p is b else lr * velocity)
            p.grad.zero_()
