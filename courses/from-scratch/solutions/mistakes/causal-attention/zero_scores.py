import torch

def causal_attention(q, k, v):
    d = q.shape[-1]
    scores = (q @ k.swapaxes(-1, -2)) / d ** 0.5
    # zero out the upper triangle so we can't see the future
    scores = torch.tril(scores)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True))
    weights = weights / weights.sum(-1, keepdim=True)
    return weights @ v

q = torch.randn(4, 8)
k = torch.randn(4, 8)
v = torch.randn(4, 8)
print(causal_attention(q, k, v))
