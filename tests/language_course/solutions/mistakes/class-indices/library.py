import torch.nn.functional as F


def loss_of(scores, right):
    return F.cross_entropy(scores, right)


def share(scores, right):
    hits = [row.argmax().item() == label for row, label in zip(scores, right.tolist())]
    return sum(hits) / len(hits)


look_up = lambda table, ids: F.one_hot(ids, len(table)).to(table.dtype) @ table
