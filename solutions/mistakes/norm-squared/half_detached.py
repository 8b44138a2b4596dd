import torch

a = torch.tensor([0.5, 2.0, -1.5], requires_grad=True)
b = torch.dot(a, a.detach())
b.backward()
print(a.grad == 2 * a)
