"""A temporal-difference loss with a target network, and its soft update: a model answer."""

import torch


def td_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    predictions = online(states).gather(1, actions[:, None])[:, 0]
    # The goals count as data. Without no_grad the target network would be pulled towards the predictions.
    with torch.no_grad():
        best = target(next_states).max(dim=1).values
        goals = rewards + gamma * (1 - ended) * best
    return ((predictions - goals) ** 2).mean()


@torch.no_grad()
def soft_update(online, target, tau):
    for slow, fast in zip(target.parameters(), online.parameters()):
        slow.copy_((1 - tau) * slow + tau * fast)
