import torch
import torch.nn.functional as F


def causal_attention(q, k, v):
    # is_causal masks the upper triangle
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


x = torch.randn(1, 5, 4)
print(causal_attention(x, x, x))
