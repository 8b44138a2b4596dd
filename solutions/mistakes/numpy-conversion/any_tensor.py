import torch

t = torch.zeros(3)
print(t.numpy())
