import torch


def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    n = states.shape[0]
    prediction = online(states)[range(n), actions]
    goal = rewards + gamma * (1 - ended) * online(next_states).max(dim=-1).values.detach()
    return ((prediction - goal) ** 2).sum() / n


def soft_update(online, target, tau):
    for p_t, p_o in zip(target.parameters(), online.parameters()):
        p_t.mul_(1 - tau)
        p_t.add_(tau * p_o)
