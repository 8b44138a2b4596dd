import torch

x = torch.zeros(4, requires_grad=True)
y = torch.dot(x, x)
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print(e)

y = torch.dot(x, x)
y.backward()
print(x.grad)
