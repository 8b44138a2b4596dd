import torch.nn as nn
import torch.nn.functional as F


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Linear(6, 5)
        for p in self.features.parameters():
            p.requires_grad_(False)
        self.classify = nn.Linear(5, 2)

    def forward(self, x):
        h = F.tanh(self.features(x))
        return self.classify(h)
