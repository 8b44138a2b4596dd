import torch


class Ramp(torch.nn.Module):
    def forward(self, x):
        return torch.relu(x)


ramp = Ramp()
