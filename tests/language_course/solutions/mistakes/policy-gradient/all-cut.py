import torch
def policy_loss(logp, rewards):
    with torch.no_grad():
        return -(logp * (rewards - rewards.mean())).mean()
