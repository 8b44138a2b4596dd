import torch

x = torch.tensor([0.1, 0.7, 1.3], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(lambda saved: saved, lambda packed: packed):
    (x**5).sum().backward()
