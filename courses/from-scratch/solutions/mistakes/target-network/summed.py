import torch


def loss_fn(online, target, states, actions, rewards, next_states, ended, gamma):
    total = 0.0
    for s, a, r, s2, e in zip(states, actions, rewards, next_states, ended):
        with torch.no_grad():
            goal = r if e else r + gamma * target(s2).max()
        total = total + (online(s)[a] - goal) ** 2
    return total


def follow(online, target, tau):
    with torch.no_grad():
        for p, q in zip(online.parameters(), target.parameters()):
            p.copy_(tau * p + (1 - tau) * q)  # move slowly


net = torch.nn.Linear(3, 4)
follow(net, torch.nn.Linear(3, 4), 0.1)
