import torch

a = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
b = torch.tensor(torch.norm(a).item() ** 2)
try:
    b.backward()
except RuntimeError as e:
    print(e)
print(a.grad)
