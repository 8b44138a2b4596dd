import torch


def causal_attention(q, k, v):
    t, d = q.shape[-2:]
    scores = q @ k.transpose(-2, -1) * d**-0.5
    scores = scores.masked_fill(torch.ones(t, t).triu() == 1, float("-inf"))
    return torch.nn.functional.softmax(scores, dim=-1) @ v


z = causal_attention(torch.randn(5, 4), torch.randn(5, 4), torch.randn(5, 4))
print(z)  # why nan in the first row??
