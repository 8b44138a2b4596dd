import torch

def attention(q, k, v):
    n = q.shape[-2]
    a = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    a = a.masked_fill(~torch.ones(n, n).tril().bool(), -torch.inf)
    a = a.softmax(-2)
    return a @ v

print(attention(torch.randn(4, 3), torch.randn(4, 3), torch.randn(4, 3)))
