import copy

import torch
from torch import nn


class Agent:
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(3, 2)
        self.target = copy.deepcopy(self.q)

    @torch.no_grad()
    def soft_update(self, tau):
        for slow, fast in zip(self.target.parameters(), self.q.parameters()):
            slow = (1 - tau) * slow + tau * fast
