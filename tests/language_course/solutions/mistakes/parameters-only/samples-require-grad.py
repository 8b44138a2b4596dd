import torch

samples = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
a = torch.tensor(0.7, requires_grad=True)
c = torch.tensor(-0.2, requires_grad=True)
((a * samples + c) ** 2).mean().backward()
