import torch


def q_loss(online, target, states, actions, rewards, next_states, ended, gamma):
    with torch.no_grad():
        y = rewards + gamma * target(next_states).max() * (1 - ended)
    picked = torch.stack([row[a] for row, a in zip(online(states), actions)])
    return ((y - picked) ** 2).mean()


def soft_update(online, target, tau):
    new = {k: (1 - tau) * target.state_dict()[k] + tau * v for k, v in online.state_dict().items()}
    target.load_state_dict(new)
