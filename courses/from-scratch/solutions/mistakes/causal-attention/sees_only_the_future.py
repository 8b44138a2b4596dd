import torch


def causal_attention(q, k, v):
    n, d = q.shape[-2], q.shape[-1]
    scores = q @ k.transpose(-2, -1) / d**0.5
    mask = torch.tril(torch.ones(n, n), diagonal=-1).bool()
    scores[..., mask] = float("-inf")
    return scores.softmax(dim=-1) @ v


out = causal_attention(torch.randn(4, 2), torch.randn(4, 2), torch.randn(4, 2))
print(out)
