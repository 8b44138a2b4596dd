import torch
import torch.nn.functional as F
from torch import nn

class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.rows = rows
        self.table = nn.Parameter(torch.randn(rows, length))

    def forward(self, ids):
        return F.one_hot(ids, self.rows).float()

def table_gradient(ids, dout, rows):
    return F.one_hot(ids, rows).float().T @ dout
