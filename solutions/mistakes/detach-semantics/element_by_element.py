import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
z = u * x
for zi in z:
    zi.backward(retain_graph=True)
print(x.grad, u)

x.grad.zero_()
for i in range(4):
    y[i].backward(retain_graph=True)
print(x.grad, 2 * x)
