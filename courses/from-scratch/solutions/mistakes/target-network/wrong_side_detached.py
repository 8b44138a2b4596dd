# DQN
import torch

def td_loss(online, target, s, a, r, s2, done, gamma):
    q = online(s)[torch.arange(len(a)), a].detach()
    y = r + gamma * (1 - done) * target(s2).amax(1)
    return (q - y).pow(2).mean()

def soft_update(online, target, tau):
    with torch.no_grad():
        for a, b in zip(online.parameters(), target.parameters()):
            b.mul_(tau).add_(a, alpha=1 - tau)
