import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
try:
    x.numpy()
except RuntimeError as error:
    print(error)

y = x.detach()
print(y, x.requires_grad)
example = torch.tensor([1.0, 2.0, 3.0])
print(example.numpy())
