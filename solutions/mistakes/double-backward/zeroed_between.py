import torch

x = torch.arange(4.0, requires_grad=True)

y = 2 * torch.dot(x, x)
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print("second backward:", e)

x.grad.zero_()
y = 2 * torch.dot(x, x)
y.backward(retain_graph=True)
print("once: ", x.grad)

x.grad.zero_()
y.backward()
print("twice:", x.grad)
