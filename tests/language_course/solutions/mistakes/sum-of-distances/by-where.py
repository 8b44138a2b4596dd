import torch


def distances(x):
    return torch.where(x >= 0, x, -x).sum()
