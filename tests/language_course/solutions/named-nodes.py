import torch

x = torch.tensor([1.5, -2.0, 0.5], requires_grad=True)
(x**3).sum().backward()
