import torch

x = torch.arange(4.0, requires_grad=True)
(x**3).mean().backward()
