import torch

x = torch.tensor([0.1, 0.7, 1.3], requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(torch.Tensor.half, torch.Tensor.float):
    y = x * x * x * x * x
y.backward(torch.ones(3))
