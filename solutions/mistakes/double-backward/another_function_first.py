import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
(3 * x).sum().backward()
print(x.grad)

b = (x ** 3).sum()
b.backward(retain_graph=True)
print(x.grad)
b.backward()
print(x.grad)
b.backward()
