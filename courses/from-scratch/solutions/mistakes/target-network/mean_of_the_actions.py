import torch
from torch import nn

mse = nn.MSELoss()


def expected_sarsa_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    # value of the next state = average over actions
    v = target(next_states).mean(1).detach()
    return mse(online(states).gather(1, actions.reshape(-1, 1)).reshape(-1), rewards + gamma * (1 - ended) * v)


def update_target(online, target, tau):
    torch._foreach_lerp_([p.data for p in target.parameters()], [p.data for p in online.parameters()], tau)
