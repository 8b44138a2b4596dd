import torch

samples = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
slope, offset = torch.tensor([1.1], requires_grad=True), torch.tensor([0.3], requires_grad=True)
torch.autograd.grad((slope * samples + offset).square().mean(), (slope, offset))
