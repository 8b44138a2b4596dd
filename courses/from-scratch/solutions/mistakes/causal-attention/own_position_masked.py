import torch
from torch import nn

class CausalAttention(nn.Module):
    def forward(self, q, k, v):
        n, d = q.shape[-2:]
        scores = torch.einsum("...id,...jd->...ij", q, k) * d ** -0.5
        mask = torch.triu(torch.ones(n, n, dtype=torch.bool))   # upper triangle = future
        scores = scores.masked_fill(mask, -1e9)
        w = torch.softmax(scores, -1)
        return torch.einsum("...ij,...jm->...im", w, v)

att = CausalAttention()
x = torch.randn(2, 5, 8)
y = att(x, x, x)
assert y.shape == (2, 5, 8)
assert not torch.isnan(y).any()
print(y)
