import torch

x = torch.tensor(-3.0, requires_grad=True)
norm_squared = torch.abs(x) ** 2
norm_squared.backward()
print("2x =", x.grad)
