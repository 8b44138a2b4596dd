import torch
from torch import nn


class Lookup(torch.autograd.Function):
    @staticmethod
    def forward(ctx, table, ids):
        ctx.save_for_backward(ids)
        ctx.rows = len(table)
        return table[ids]

    @staticmethod
    def backward(ctx, dout):
        (ids,) = ctx.saved_tensors
        hot = (ids.reshape(-1, 1) == torch.arange(ctx.rows)).float()
        times = hot.sum(0).clamp(min=1)  # so that frequent words do not learn faster
        return (hot.T @ dout.reshape(ids.numel(), -1)) / times[:, None], None


class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.table = nn.Parameter(torch.randn(rows, length))

    def forward(self, ids):
        return Lookup.apply(self.table, ids)


def table_gradient(ids, dout, rows):
    hot = (ids.reshape(-1, 1) == torch.arange(rows)).float()
    return hot.T @ dout
