import torch


def drop(x):
    return 2 * x * (torch.rand(x.shape) < 0.5)
