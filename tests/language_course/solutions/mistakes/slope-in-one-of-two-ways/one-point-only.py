import torch

x = torch.tensor(1.5, requires_grad=True)
(x**3 - x).backward()
