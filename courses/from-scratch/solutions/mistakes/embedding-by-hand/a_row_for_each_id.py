import torch
from torch import nn

class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.table = nn.Parameter(torch.randn(rows, length))

    def forward(self, ids):
        out = []
        for i in ids:
            out.append(self.table[i])
        return torch.stack(out)

def table_gradient(ids, dout, rows):
    return dout * 1.0
