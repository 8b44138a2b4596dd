import torch
from torch import nn

class Embedding(nn.Module):
    def __init__(self, rows, length):
        super().__init__()
        self.emb = nn.Embedding(rows, length)

    def forward(self, ids):
        return self.emb(ids)

def table_gradient(ids, dout, rows):
    g = torch.zeros(rows, dout.shape[1])
    return g.index_add(0, ids, dout)
