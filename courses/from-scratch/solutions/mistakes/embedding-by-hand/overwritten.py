import torch
from torch import nn

class Embedding(nn.Module):
    def __init__(self, num_embeddings, embedding_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_embeddings, embedding_dim))

    def forward(self, ids):
        return self.weight[ids]

def table_gradient(ids, dout, rows):
    grad = torch.zeros(rows, dout.size(1))
    grad[ids] += dout
    return grad

emb = Embedding(7, 3)
ids = torch.tensor([1, 4, 0])
emb(ids).sum().backward()
print(torch.equal(emb.weight.grad, table_gradient(ids, torch.ones(3, 3), 7)))  # True
