import torch

def sqrt(x):
    return torch.sqrt(x)

def fourth_root(x):
    return x ** (1 / 4)

x = torch.tensor([1., 4., 16.], requires_grad=True)
g = torch.autograd.grad(sqrt(x).sum(), x, create_graph=True)[0]
g2 = torch.autograd.grad(g.sum(), x)[0]
print(g, g2)
