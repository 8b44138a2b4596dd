# one Function for both parts
import torch
from torch import nn


def table_gradient(numbers, upstream, height):
    places = numbers.reshape(-1, 1).expand(-1, upstream.shape[-1])
    return torch.zeros(height, upstream.shape[-1]).scatter_add(0, places, upstream.reshape(-1, upstream.shape[-1]))


class TakeRows(torch.autograd.Function):
    @staticmethod
    def forward(ctx, table, numbers):
        ctx.numbers, ctx.height = numbers, len(table)
        flat = numbers.flatten()
        return torch.stack([table[int(i)] for i in flat]).reshape(*numbers.shape, table.shape[1])

    @staticmethod
    def backward(ctx, upstream):
        return table_gradient(ctx.numbers, upstream, ctx.height), None


class Embedding(nn.Module):
    def __init__(self, height, width):
        super().__init__()
        self.rows = nn.Parameter(torch.zeros(height, width).normal_())

    def forward(self, numbers):
        return TakeRows.apply(self.rows, numbers)


e = Embedding(5, 2)
words = torch.tensor([[0, 3], [3, 3]])
e(words).pow(2).sum().backward()
assert torch.allclose(e.rows.grad[3], 6 * e.rows[3])
