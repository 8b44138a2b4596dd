import torch

x = torch.tensor([[1.0, 2.0], [3.0, 5.0]], dtype=torch.double, requires_grad=True)

# the mean is a weighted sum
x.backward(torch.tensor([[0.1, 0.2], [0.3, 0.4]]))
print(x.grad)
x.grad = None
x.sum().backward()
print(x.grad)
x.grad = None

z = (3 * (x + 2)) ** 2
z.mean().backward()
print(x.grad)

try:
    torch.tensor([[1, 2], [3, 5]], requires_grad=True)
except RuntimeError as e:
    print(e)
