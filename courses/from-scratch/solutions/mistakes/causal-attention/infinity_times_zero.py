import torch


def attention(q, k, v):
    n, d = q.shape[-2:]
    scores = q @ k.transpose(-2, -1) / d**0.5
    mask = 1 - torch.tril(torch.ones(n, n))
    # 1 where the position lies ahead
    scores = scores + mask * float("-inf")
    return torch.softmax(scores, dim=-1) @ v


x = torch.randn(1, 4)
print(attention(x, x, x))
