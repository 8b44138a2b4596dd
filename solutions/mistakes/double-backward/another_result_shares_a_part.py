import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
z = (y.detach() * y * x).sum()
z.backward()
try:
    y.sum().backward()  # its first pass, through what z's pass has freed
except RuntimeError as error:
    print(error)
