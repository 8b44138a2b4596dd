import torch
from torch import nn

# 嵌入层
class Embedding(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n, d))
        nn.init.normal_(self.weight)

    def forward(self, ids):
        return self.weight[ids]

def table_gradient(ids, dout, rows):
    # 每个索引出现的次数
    counts = torch.bincount(ids, minlength=rows).float()
    return counts.unsqueeze(1).expand(rows, dout.shape[1])

emb = Embedding(5, 2)
ids = torch.tensor([1, 1, 3])
emb(ids).sum().backward()
print(emb.weight.grad)
print(table_gradient(ids, torch.ones(3, 2), 5))
