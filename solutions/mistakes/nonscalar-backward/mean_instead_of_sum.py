import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
try:
    y.backward()
except RuntimeError as e:
    print(e)
y.mean().backward(retain_graph=True)
print(x.grad, 2 * x)
x.grad.zero_()
y.backward(torch.tensor([4.0, 3.0, 2.0, 1.0]))
print(x.grad)
