import torch

x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
(3 * x).sum().backward()
print("before:", x.grad)

b = (x ** 3).sum()
b.backward(retain_graph=True)
print("first:", x.grad)
b.backward()
print("second:", x.grad)
b.backward()
