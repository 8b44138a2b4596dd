import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)


def update(p, v, t):
    with torch.no_grad():
        v.copy_(0.9 * v + p.grad)
        p.copy_(p - 0.05 * 0.8**t * v)
    p.grad.zero_()


vw, vb = torch.zeros(3), torch.zeros(1)
for t in range(1, 13):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    update(w, vw, t)
    update(b, vb, t)
