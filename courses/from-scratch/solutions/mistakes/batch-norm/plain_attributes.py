import torch
from torch import nn

class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(features))
        self.shift = nn.Parameter(torch.zeros(features))
        self.running_mean = torch.zeros(features)
        self.running_var = torch.ones(features)

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(0)
                self.running_var = 0.9 * self.running_var + 0.1 * x.var(0)
            m, v = x.mean(0), x.var(0, correction=0)
        else:
            m, v = self.running_mean, self.running_var
        return self.scale * ((x - m) / torch.sqrt(v + 1e-5)) + self.shift

bn = BatchNorm(3)
bn(torch.randn(10, 3))
print(bn.state_dict().keys())
