import torch
from torch import nn


class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        ...

    def forward(self, ids):
        ...


def table_gradient(ids, dout, rows):
    ...
