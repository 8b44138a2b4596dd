import torch
from torch import nn

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])])

    def forward(self, x):
        activations = [x]
        for layer in self.layers[:-1]:
            h = layer(activations[-1])
            h[h < 0] = 0.0
            activations.append(h.detach())   # keep a copy for plotting
        return self.layers[-1](activations[-1])

m = MLP([4, 7, 5, 3])
out = m(torch.randn(3, 4))
out.sum().backward()
print([None if p.grad is None else p.grad.norm().item() for p in m.parameters()])
