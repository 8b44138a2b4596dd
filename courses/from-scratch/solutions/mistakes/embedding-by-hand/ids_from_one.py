import torch
from torch import nn

class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.table = nn.Parameter(torch.randn(rows, length))

    def forward(self, ids):
        return self.table[ids - 1]

def table_gradient(ids, dout, rows):
    out = torch.zeros(rows, dout.shape[-1])
    out.index_add_(0, ids - 1, dout)
    return out
