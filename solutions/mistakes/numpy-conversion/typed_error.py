import torch

x = torch.arange(3.0, requires_grad=True)

try:
    if x.requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
except RuntimeError as e:
    print(e)

print(x.detach().numpy())
