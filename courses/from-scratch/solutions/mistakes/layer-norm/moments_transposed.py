import torch
from torch import nn
import torch.nn.functional as F


def standardise(x, axis, eps):
    """E[x^2] - E[x]^2, the way it is in the lecture."""
    first = x.mean(axis).unsqueeze(axis)
    second = x.square().mean(axis).unsqueeze(axis)
    return (x - first) * (second - first.square() + eps).rsqrt()


class LayerNorm(nn.Module):
    # gain and bias as one row each
    def __init__(self, width):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1, width))
        self.gain = nn.Parameter(torch.ones(1, width))

    def forward(self, inputs):
        flat = inputs.reshape(-1, inputs.size(-1))
        out = torch.addcmul(self.bias, standardise(flat, 1, 1e-5), self.gain)
        return out.view_as(inputs)


x = torch.randn(4, 10, 32) * 5 + 1
mine, theirs = LayerNorm(32), nn.LayerNorm(32)
assert torch.allclose(mine(x), theirs(x), atol=1e-5)
print("max difference:", (mine(x) - F.layer_norm(x, (32,))).abs().max().item())
