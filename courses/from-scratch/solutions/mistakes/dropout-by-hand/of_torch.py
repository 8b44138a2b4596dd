import torch
import torch.nn as nn

class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return self.drop(x)

d = Dropout(0.4)
d.train()
print(d(torch.ones(3, 5)))
d.eval()
print(d(torch.ones(3, 5)))
