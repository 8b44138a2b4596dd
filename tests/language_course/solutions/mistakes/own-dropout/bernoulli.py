import torch
import torch.nn as nn


class RandomZeros(nn.Module):
    def __init__(self, probability):
        super().__init__()
        self.keep = 1 - probability

    def forward(self, inputs):
        if self.training:
            mask = torch.bernoulli(torch.full(inputs.shape, self.keep))
            inputs = torch.where(mask == 1, inputs / self.keep, torch.zeros(()))
        return inputs
