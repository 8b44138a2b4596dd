import torch
def nll(z, y):
    return -torch.log_softmax(z, 1)[torch.arange(len(z)), y].mean()
def nll_grad(z, y):
    p = torch.softmax(z, 1)
    for i in range(len(y)):
        p[i, y[i]] = p[i, y[i]] - 1
    return p / len(y)
z = torch.randn(3, 4, requires_grad=True)
y = torch.tensor([3, 0, 1])
nll(z, y).backward()
print(torch.allclose(z.grad, nll_grad(z, y)))
