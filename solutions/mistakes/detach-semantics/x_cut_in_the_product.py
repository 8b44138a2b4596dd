import torch

x = torch.arange(1.0, 6.0, requires_grad=True)
y = x * x
u = y
z = u * x.detach()
z.sum().backward()
print("u:", u.tolist())
print("grad:", x.grad.tolist())
