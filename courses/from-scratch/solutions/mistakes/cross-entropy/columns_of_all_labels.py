import torch


def stable_log_softmax(x):
    c = x.amax(1, True)
    return x - c - (x - c).exp().sum(1, True).log()


def nll(x, target):
    lp = stable_log_softmax(x)
    return -lp[:, target].mean()


def nll_grad(x, target):
    p = stable_log_softmax(x).exp().detach()
    p[:, target] -= 1.0
    return p / x.shape[0]


x = torch.randn(3, 4, requires_grad=True)
t = torch.tensor([1, 0, 3])
nll(x, t).backward()
print(x.grad)
print(nll_grad(x, t))
