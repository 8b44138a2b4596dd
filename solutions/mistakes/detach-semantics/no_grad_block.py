import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
with torch.no_grad():
    u = x * x
z = u * x
z.backward(torch.ones_like(z))
print(x.grad == u)

x.grad.zero_()
y.backward(gradient=torch.ones(4))
print(x.grad)
