import torch


def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    q = online(states).max(dim=1).values
    q_next = target(next_states).max(dim=1).values.detach()
    delta = q - (rewards + gamma * q_next) * (1 - ended)
    return delta.square().mean()


def soft_update(online, target, tau):
    for q, t in zip(online.parameters(), target.parameters()):
        t.data.copy_(tau * q.data + (1.0 - tau) * t.data)
