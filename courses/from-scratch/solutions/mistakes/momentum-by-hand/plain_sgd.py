# the velocity is made new in every round
import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for t in range(12):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for p in (w, b):
        v = torch.zeros_like(p)
        v = 0.9 * v + p.grad
        p.data = p.data - 0.05 * 0.8**t * v
        p.grad = None
    print(t, loss.item())
