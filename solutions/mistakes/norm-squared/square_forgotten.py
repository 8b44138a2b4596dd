import torch

a = torch.tensor([3.0, 4.0], requires_grad=True)
n = torch.norm(a)
n.backward()
print(a.grad, 2 * a)
