import torch

x = torch.zeros(3, requires_grad=True)
torch.dot(x, x).backward()
torch.dot(x, x).backward()
print(x.grad)
x.grad.zero_()
torch.dot(x, x).backward()
print(x.grad)
