import torch

x = torch.arange(4.0, requires_grad=True)
x0 = x.detach()
y = x * x0
try:
    y.backward()
except RuntimeError as e:
    print(e)
y.backward(torch.ones_like(y), retain_graph=True)
print(x.grad)
x.grad = None
y.backward(torch.tensor([1.0, 0.0, 0.0, 2.0]))
print(x.grad)
