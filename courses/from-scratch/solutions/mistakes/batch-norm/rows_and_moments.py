# running second moments, no var() at all
import torch
from torch import nn


def moments(x):
    n = torch.tensor(float(x.shape[0]))
    first = torch.ones(1, x.shape[0]) @ x / n
    centred = x - first
    return n, first, torch.einsum("ij,ij->j", centred, centred)[None] / n


class Normaliser(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.register_buffer("variance", torch.full((1, width), 1.0))
        self.register_buffer("average", torch.full((1, width), 0.0))
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))
        self.offset = nn.Parameter(torch.zeros(1, width))
        self.gain = nn.Parameter(torch.ones(1, width))

    @torch.no_grad()
    def remember(self, n, first, second):
        self.seen += 1
        self.average += (first - self.average) / 10
        self.variance += (second * n / (n - 1) - self.variance) / 10

    def forward(self, x):
        first, second = self.average, self.variance
        if self.training:
            n, first, second = moments(x)
            self.remember(n, first, second)
        return torch.addcmul(self.offset, self.gain, (x - first) * (second + 1e-5).pow(-0.5))


layer = Normaliser(3)
for step in range(20):
    layer(torch.randn(16, 3) * 2 + 7)
print(layer.average, layer.variance, int(layer.seen))
