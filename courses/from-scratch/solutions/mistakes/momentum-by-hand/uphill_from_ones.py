import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.ones(3) * 0.5
b = torch.zeros(1)
w.requires_grad_()
b.requires_grad_()
vw = torch.zeros(3)
vb = torch.zeros(1)
for t in range(12):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    gw, gb = torch.autograd.grad(loss, [w, b])
    vw = 0.9 * vw + gw
    vb = 0.9 * vb + gb
    with torch.no_grad():
        w += 0.05 * 0.8**t * vw
        b += 0.05 * 0.8**t * vb
