import torch

x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.sum()
out.backward()
print(x.grad)

try:
    i = torch.tensor([[1, 2], [2, 3]], requires_grad=True)
except RuntimeError as e:
    print(e)
