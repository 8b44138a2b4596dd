import torch


def layer(X, W, b):
    return torch.sigmoid(X @ W + b)


def loss(X, W, b, y):
    return (layer(X, W, b) - y).abs().mean()
