import torch


def log_sum_exp(x):
    """naive formula if it is harmless, shifted one otherwise"""
    m = x.amax(-1)
    naive = torch.log(torch.exp(x).sum(-1))
    shifted = m + torch.log(torch.exp(x - m[..., None]).sum(-1))
    return torch.where(m.abs() > 50, shifted, naive)


for size in [1.0, 10.0, 1000.0]:
    x = size + torch.arange(3.0)
    x.requires_grad_()
    y = log_sum_exp(x)
    y.backward()
    print(size, y.item(), x.grad)
