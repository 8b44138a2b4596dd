import torch

t = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)
u = torch.exp(t)
(u**3).sum().backward()
