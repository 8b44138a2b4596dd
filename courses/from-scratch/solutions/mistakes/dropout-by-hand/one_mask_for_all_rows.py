import torch
from torch import nn
class MyDropout(nn.Module):
    def __init__(self, prob):
        super().__init__()
        self.prob = prob
    def forward(self, x):
        if self.training and self.prob > 0:
            if self.prob >= 1.0:
                return x * 0.0
            # eine Maske für alle Zeilen
            keep = torch.rand(x.shape[-1]) > self.prob
            return x * keep / (1.0 - self.prob)
        return x
m = MyDropout(0.3)
print(m(torch.ones(6)))
