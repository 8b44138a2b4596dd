import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)
y.sum().backward(retain_graph=True)
print(x.grad)

w = torch.tensor([1.0, 2.0, 3.0, 4.0])
x.grad.zero_()
(w * y).sum().backward()
print(x.grad, w * 2 * x)
