import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
with torch.no_grad():
    u = x * x
    z = u * x

try:
    z.sum().backward()
except RuntimeError as e:
    print(e)

y.sum().backward()
print(x.grad)
