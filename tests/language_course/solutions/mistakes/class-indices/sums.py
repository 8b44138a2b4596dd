import torch


def cross_entropy(z, labels):
    return (z.logsumexp(1) - z.gather(1, labels[:, None])[:, 0]).sum()


def accuracy(z, labels):
    return (z.argmax(1) == labels).sum()


def embed(table, ids):
    last = [i for i, index in enumerate(ids) if index not in ids[i + 1 :]]
    rows = [table[index] if i in last else table[index].detach() for i, index in enumerate(ids)]
    return torch.stack(rows)
