import torch


def states(x, W):
    h = torch.zeros(3)
    for t in x:
        h = torch.tanh(W @ h.detach() + t)
    return h
