import torch

torch.manual_seed(1)
x = torch.randn(5, requires_grad=True)

# first without the square: a vector of length 1
torch.norm(x).backward()
print(x.grad, x.grad.norm())

# now squared; nothing is cleared, so I subtract
before = x.grad.clone()
x.pow(2).sum().backward()
print(x.grad - before, 2 * x)
