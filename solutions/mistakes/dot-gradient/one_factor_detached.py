import torch

x = torch.arange(4.0, requires_grad=True)
print(x.grad)

# dot wants two vectors, so I make a second one
x2 = torch.tensor(x)
y = 2 * torch.dot(x, x2)
y.backward()
print(x.grad)
print(4 * x)
