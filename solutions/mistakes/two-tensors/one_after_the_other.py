import torch

x = torch.tensor(3.0, requires_grad=True)
(2 * x**2).mean().backward()
print(x.grad)

y = torch.ones(2, 2, requires_grad=True)
(2 * y**2).mean().backward()
print(y.grad)
# the mean of y divides by 4, and summing x over nothing changes nothing
