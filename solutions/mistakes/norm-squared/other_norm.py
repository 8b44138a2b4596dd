import torch

a = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
b = torch.norm(a, p=1) ** 2
b.backward()
print(a.grad)
