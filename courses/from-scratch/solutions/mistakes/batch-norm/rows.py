import torch
from torch import nn

# 批量归一化
class BatchNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.register_buffer('running_mean', torch.zeros(features))
        self.register_buffer('running_var', torch.ones(features))

    def forward(self, x):
        if self.training:
            mean = x.mean(dim=1, keepdim=True)
            var = x.var(dim=1, unbiased=False, keepdim=True)
            with torch.no_grad():
                self.running_mean = 0.9 * self.running_mean + 0.1 * x.mean(dim=0)
                self.running_var = 0.9 * self.running_var + 0.1 * x.var(dim=0)
            out = (x - mean) / torch.sqrt(var + 1e-5)
        else:
            out = (x - self.running_mean) / torch.sqrt(self.running_var + 1e-5)
        return out * self.gamma + self.beta
