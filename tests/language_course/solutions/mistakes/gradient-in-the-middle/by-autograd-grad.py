import torch

t = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)
u = t.exp()
loss = (u**3).sum()
(by_u,) = torch.autograd.grad(loss, [u])
