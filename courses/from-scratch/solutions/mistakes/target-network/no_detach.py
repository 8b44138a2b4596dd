import torch
import torch.nn as nn
import torch.nn.functional as F


def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    q = online(states).gather(1, actions.unsqueeze(1)).squeeze(1)
    q_next = target(next_states).max(1)[0]
    y = rewards + gamma * q_next * (1 - ended)
    return F.mse_loss(q, y)


def soft_update(online, target, tau):
    for p, q in zip(online.parameters(), target.parameters()):
        q = (1 - tau) * q + tau * p


net, net2 = nn.Linear(3, 4), nn.Linear(3, 4)
s = torch.rand(8, 3)
print(td_loss(net, net2, s, torch.zeros(8, dtype=torch.long), torch.ones(8), s, torch.zeros(8), 0.99))
soft_update(net, net2, 0.01)
