import torch

x = torch.tensor([0.5, -1.5, 2.0], requires_grad=True)
power = x**4
power.register_hook(lambda gradient: gradient + gradient)
torch.autograd.grad(power.sum(), x)
