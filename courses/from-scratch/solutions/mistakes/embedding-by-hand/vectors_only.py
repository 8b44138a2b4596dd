import torch
from torch import nn

class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.rows = rows
        self.table = nn.Parameter(torch.randn(rows, length))

    def forward(self, ids):
        hot = torch.zeros(len(ids), self.rows)
        hot[torch.arange(len(ids)), ids] = 1.0
        return hot @ self.table

def table_gradient(ids, dout, rows):
    hot = torch.zeros(len(ids), rows)
    hot[torch.arange(len(ids)), ids] = 1.0
    return hot.t() @ dout
