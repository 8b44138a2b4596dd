import torch


def layer(X, W, b):
    return torch.tanh(X @ W + b)


def error(X, W, b, y):
    return ((layer(X, W, b) - y) ** 2).mean()
