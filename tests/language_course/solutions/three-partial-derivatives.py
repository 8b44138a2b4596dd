import torch

a = torch.tensor(1.5, requires_grad=True)
b = torch.tensor(-0.7, requires_grad=True)
c = torch.tensor(0.3, requires_grad=True)
(a**2 * b + torch.exp(c)).backward()
