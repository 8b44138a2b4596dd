import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)

y = x * x
y.backward(torch.ones(4))
print(x.grad)

x.grad = None
y = x * x
y.backward(torch.full((4,), 0.5))
print(x.grad)
