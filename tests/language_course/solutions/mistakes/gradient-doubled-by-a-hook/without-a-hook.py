import torch

x = torch.tensor([0.5, -1.5, 2.0], requires_grad=True)
(2 * x**4).sum().backward()
