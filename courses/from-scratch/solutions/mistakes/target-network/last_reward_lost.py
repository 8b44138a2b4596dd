import torch
import torch.nn.functional as F


def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    q = online(states).gather(1, actions[:, None]).flatten()
    y = (rewards + gamma * target(next_states).max(1).values) * (1 - ended)
    return F.mse_loss(q, y.detach())


def soft_update(online, target, tau):
    for q, t in zip(online.parameters(), target.parameters()):
        t.data = tau * q.data + (1.0 - tau) * t.data
