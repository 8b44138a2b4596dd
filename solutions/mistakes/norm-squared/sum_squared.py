import torch

a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
b = a.sum() ** 2
b.backward()
print(a.grad)
print(2 * a)
