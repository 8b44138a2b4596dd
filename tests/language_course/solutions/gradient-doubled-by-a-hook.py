import torch

x = torch.tensor([0.5, -1.5, 2.0], requires_grad=True)
x.register_hook(lambda gradient: 2 * gradient)
(x**4).sum().backward()
