import torch
def clip(params, max_norm):
    total = torch.sqrt(sum((p.grad ** 2).sum() for p in params))
    for p in params:
        p.grad = p.grad / p.grad.norm() * max_norm
    return total
