import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)
w = torch.tensor([1.0, 2.0, 3.0, 4.0])
x.grad = 2 * x.detach()
print(x.grad)
x.grad = w * 2 * x.detach()
print(x.grad)
