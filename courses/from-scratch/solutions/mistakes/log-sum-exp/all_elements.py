import torch


def logsumexp(x):
    biggest = torch.max(x)
    return biggest + torch.log(torch.sum(torch.exp(x - biggest)))


x = torch.tensor([1000.0, 1001.0, 1002.0])
x.requires_grad = True
logsumexp(x).backward()
print(x.grad, x.grad.sum())
