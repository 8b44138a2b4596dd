import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.params = nn.ParameterDict({"scale": torch.zeros(features), "shift": torch.zeros(features)})

    def forward(self, x):
        x = x - x.mean(dim=-1, keepdim=True)
        x = x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-5)
        return x * self.params["scale"] + self.params["shift"]
