import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
rate = 0.4
while rate > 0.02:
    loss = (w**2).sum()
    (gradient,) = torch.autograd.grad(loss, w)
    w = torch.tensor((w - rate * gradient).tolist(), requires_grad=True)
    rate /= 2
