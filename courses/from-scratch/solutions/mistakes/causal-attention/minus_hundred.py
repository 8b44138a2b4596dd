import torch

NEG = -100.0


def causal_attention(q, k, v):
    """q, k: (n, d), v: (n, m)"""
    n, d = q.shape[-2:]
    penalty = NEG * torch.triu(torch.ones(n, n), diagonal=1)
    return torch.softmax(q @ k.transpose(-2, -1) / d**0.5 + penalty, dim=-1) @ v


a = torch.randn(4, 3)
b = torch.randn(4, 3)
c = torch.randn(4, 3)
ref = torch.nn.functional.scaled_dot_product_attention(a, b, c, is_causal=True)
print("max diff", (causal_attention(a, b, c) - ref).abs().max().item())
