import torch


def drop(x):
    torch.manual_seed(0)
    return torch.nn.functional.dropout(x, 0.5)
