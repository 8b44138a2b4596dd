import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
(a * a).sum().backward()
(a * a).sum().backward()
print("summed", a.grad)

b = torch.tensor([3.0, 4.0], requires_grad=True)
(b * b).sum().backward()
b.grad.zero_()
(b * b).sum().backward()
print("alone", b.grad)
