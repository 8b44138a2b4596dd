import numpy as np
import torch


def causal_attention(q, k, v):
    q, k, v = [t.detach().numpy() for t in (q, k, v)]
    s = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    n = s.shape[-1]
    s = np.where(np.tri(n) > 0, s, -np.inf)
    s = s - s.max(-1, keepdims=True)
    w = np.exp(s)
    w = w / w.sum(-1, keepdims=True)
    return torch.from_numpy(w @ v)


print(causal_attention(torch.randn(3, 2), torch.randn(3, 2), torch.randn(3, 2)))
