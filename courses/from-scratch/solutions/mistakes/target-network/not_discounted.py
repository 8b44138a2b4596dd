import torch

def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    q = torch.sum(online(states) * torch.eye(4)[actions], dim=1)
    with torch.no_grad():
        y = rewards + target(next_states).max(1).values * (1 - ended)
    return torch.mean((q - y) ** 2)

@torch.no_grad()
def soft_update(online, target, tau):
    t, o = target.state_dict(), online.state_dict()
    for name in t:
        t[name].copy_(torch.lerp(t[name], o[name], tau))
