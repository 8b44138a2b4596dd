import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x

# z is a vector, so backward wants a gradient
z.backward(gradient=torch.tensor([0.1, 0.2, 0.3, 0.4]))
print(x.grad)

x.grad.zero_()
try:
    u.sum().backward()
except RuntimeError as e:
    print("u:", e)
