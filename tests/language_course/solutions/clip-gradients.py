import torch
def clip(params, max_norm):
    return torch.nn.utils.clip_grad_norm_(params, max_norm)
