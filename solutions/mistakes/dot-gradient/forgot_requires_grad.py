import torch

x = torch.arange(4.0)
print(x.grad)

y = 2 * torch.dot(x, x)
try:
    y.backward()
except RuntimeError as e:
    print(e)
print(x.grad)  # None again
