import copy

import torch
from torch import nn
from torch.func import functional_call


class DQN:
    """Everything as static methods, the target as a dictionary of plain tensors."""

    @staticmethod
    def loss(net, slow, s, a, r, s2, over, discount):
        frozen = {name: p.detach() for name, p in slow.named_parameters()}
        value = functional_call(slow, frozen, (s2,)).amax(dim=-1)
        td = r + discount * torch.where(over > 0, torch.zeros_like(value), value)
        td = td - (nn.functional.one_hot(a, 4) * net(s)).sum(-1)
        return td @ td / len(td)

    @staticmethod
    def follow(net, slow, rate):
        old = slow.state_dict()
        slow.load_state_dict({k: torch.lerp(old[k], v, rate) for k, v in net.state_dict().items()})


net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 4))
slow = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), 1e-2)
for _ in range(5):
    s, s2 = torch.randn(2, 16, 3)
    loss = DQN.loss(net, slow, s, torch.randint(4, (16,)), torch.randn(16), s2, torch.zeros(16), 0.9)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    DQN.follow(net, slow, 0.1)
print(loss.item())
