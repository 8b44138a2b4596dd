import torch

t = torch.tensor([0.0, 0.5, 1.0])
u = torch.exp(t).requires_grad_()
(u**3).sum().backward()
