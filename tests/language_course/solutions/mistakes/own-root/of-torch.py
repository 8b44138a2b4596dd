import torch


class Sqrt(torch.nn.Module):
    def forward(self, x):
        return torch.exp(0.5 * torch.log(x))


root = Sqrt()
