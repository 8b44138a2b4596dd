import torch
from torch import nn

class BN(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))

    def forward(self, x):
        if self.training:
            batch = x.detach()      # we do not want gradients in the buffers
            mean, var = batch.mean(0), batch.var(0, unbiased=False)
            self.running_mean += 0.1 * (mean - self.running_mean)
            self.running_var += 0.1 * (batch.var(0, unbiased=True) - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        return self.weight * (x - mean) / (var + 1e-5).sqrt() + self.bias

layer = BN(4)
print(torch.allclose(layer(torch.ones(3, 4)), torch.zeros(3, 4)))
