import torch

x = torch.tensor([0.1, 0.7, 1.3], requires_grad=True)
y = (x**5).sum()
with torch.autograd.graph.saved_tensors_hooks(torch.Tensor.half, torch.Tensor.float):
    y.backward()
