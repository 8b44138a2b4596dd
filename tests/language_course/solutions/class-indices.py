import torch


def cross_entropy(z, labels):
    return -torch.log_softmax(z, 1)[torch.arange(len(z)), labels].mean()


def accuracy(z, labels):
    return (z.argmax(1) == labels).float().mean()


def embed(table, ids):
    return table[ids]
