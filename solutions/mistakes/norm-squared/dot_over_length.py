import torch

v = torch.tensor([3.0, -4.0, 12.0, 1.5], requires_grad=True)
n2 = v.dot(v) / len(v)
n2.backward()
print(n2.item(), v.grad)
