import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x

try:
    y.backward()
    y.backward()
except RuntimeError as e:
    print("cannot do it twice:", e)

total = y.sum()
total.backward()
print(x.grad)
