from torch import nn


class Drop(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.drop = nn.Dropout1d(p)

    def forward(self, x):
        return self.drop(x)
