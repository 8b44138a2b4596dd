import torch


def stats(x):
    return torch.stack([x.mean(), x.max(), x.min()])


def both(x, w):
    return [x @ w, w + w]
