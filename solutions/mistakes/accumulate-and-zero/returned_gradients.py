import torch

x = torch.tensor([1.0, -1.0], requires_grad=True)
total = torch.zeros(2)
total += torch.autograd.grad(torch.dot(x, x), x)[0]
print(total)
total += torch.autograd.grad(x.sum(), x)[0]
print(total)
total.zero_()
total += torch.autograd.grad(x.sum(), x)[0]
print(total)
