import torch
from torch import nn

class BatchNorm(nn.Module):
    def __init__(self, n, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.gamma = nn.Parameter(torch.ones(n))
        self.beta = nn.Parameter(torch.zeros(n))
        self.register_buffer('mu', torch.zeros(n))
        self.register_buffer('sigma2', torch.ones(n))

    def forward(self, x):
        if self.training:
            m = x.mean(0)
            v = x.var(0, unbiased=False)
            # moving averages
            self.mu = self.momentum * self.mu + (1 - self.momentum) * m.detach()
            self.sigma2 = self.momentum * self.sigma2 + (1 - self.momentum) * x.var(0).detach()
        else:
            m, v = self.mu, self.sigma2
        return self.gamma * (x - m) / (v + self.eps).sqrt() + self.beta
