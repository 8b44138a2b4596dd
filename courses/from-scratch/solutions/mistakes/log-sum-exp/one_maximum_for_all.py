import torch

torch.manual_seed(3)


def stable_lse(x):
    m = x.max()  # biggest number, so exp never sees anything above 0
    return m + torch.exp(x - m).sum(dim=-1).log()


A = torch.randn(4, 6)
print(stable_lse(A) - torch.logsumexp(A, dim=-1))  # ~0, good

x = torch.tensor([[1000.0, 1001.0, 1002.0], [998.0, 997.0, 1003.0]], requires_grad=True)
stable_lse(x).sum().backward()
print(x.grad)
