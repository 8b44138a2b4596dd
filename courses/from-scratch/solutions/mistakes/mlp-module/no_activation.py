import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for n_in, n_out in zip(sizes, sizes[1:]):
            self.weights.append(nn.Parameter(torch.randn(n_in, n_out) / n_in ** 0.5))
            self.biases.append(nn.Parameter(torch.zeros(n_out)))

    def forward(self, x):
        for W, b in zip(self.weights, self.biases):
            x = x @ W + b
        return x
