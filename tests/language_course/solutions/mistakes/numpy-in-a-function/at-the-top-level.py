import torch

values = torch.ones(3, requires_grad=True)
try:
    values.numpy()
except RuntimeError as error:
    print(error)
