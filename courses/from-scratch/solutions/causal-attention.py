"""Causal scaled dot-product attention: a model answer."""

import math

import torch
from torch.nn.functional import scaled_dot_product_attention


def causal_attention(q, k, v):
    n, d = q.shape[-2:]
    scores = q @ k.transpose(-2, -1) / math.sqrt(d)
    # Before the softmax: exp(-inf) is 0, so what lies ahead has no weight, and the others still add up to 1.
    ahead = torch.ones(n, n, dtype=torch.bool).triu(diagonal=1)
    weights = torch.softmax(scores.masked_fill(ahead, float("-inf")), dim=-1)
    return weights @ v


# The first position sees itself alone, so the first row of the result is the first row of v.
torch.manual_seed(0)
q, k, v = torch.randn(5, 3), torch.randn(5, 3), torch.randn(5, 2)
print(causal_attention(q, k, v)[0], v[0])
print(causal_attention(q, k, v) - scaled_dot_product_attention(q, k, v, is_causal=True))
