import torch

w = torch.tensor([[2.0, -1.0]], requires_grad=True)
m, v = torch.zeros(2), torch.zeros(2)
for t in range(1, 11):
    loss = ((w - 1) ** 4).sum()
    (g,) = torch.autograd.grad(loss, w)
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    w = w - 0.1 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8)
    w = w.detach().requires_grad_()
