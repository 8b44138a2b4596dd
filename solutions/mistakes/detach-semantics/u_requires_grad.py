import torch

x = torch.tensor([0.5, 2.0, 3.0], requires_grad=True)
y = x * x

u = y.detach().requires_grad_()   # a leaf now
z = u * x
z.sum().backward()
print(x.grad, u)

x.grad = None
y.sum().backward()
print(x.grad)
