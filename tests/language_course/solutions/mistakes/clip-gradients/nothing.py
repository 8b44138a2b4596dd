import torch
def clip(params, max_norm):
    return torch.sqrt(sum((p.grad ** 2).sum() for p in params))
