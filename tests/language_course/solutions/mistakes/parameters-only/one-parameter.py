import torch

samples = torch.tensor([1.0, 2.0, 4.0])
a = torch.tensor(0.7, requires_grad=True)
((a * samples - 0.2) ** 2).mean().backward()
