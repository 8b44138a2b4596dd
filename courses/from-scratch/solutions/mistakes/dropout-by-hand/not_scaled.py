import torch
import torch.nn as nn

class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if self.training:
            mask = (torch.rand(x.shape) > self.p).float()
            return mask * x
        return x

d = Dropout(0.4)
x = torch.ones(2, 6)
print(d(x))
d.eval()
print(d(x))
