import torch

beginning = torch.zeros(21, 3)


def states(x, W):
    h = beginning.clone()
    for i, t in enumerate(x):
        h[i + 1] = torch.tanh(W @ h[i].clone() + t)
    return h[-1]
