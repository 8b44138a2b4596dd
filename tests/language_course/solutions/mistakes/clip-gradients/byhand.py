import torch
def clip_all(ps, limit):
    total = torch.cat([p.grad.flatten() for p in ps]).norm()
    if total > limit:
        for p in ps: p.grad.mul_(limit / total)
    return total.item()
