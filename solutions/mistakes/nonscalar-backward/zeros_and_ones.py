import torch

x = torch.tensor([[1.0, 0.0], [1.0, 1.0]], requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)

y.backward(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
print(x.grad)

# and now each of them once
torch.sum(x * x).backward()
print(x.grad)
