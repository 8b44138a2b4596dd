def policy_loss(logp, rewards):
    return -(logp * (rewards - rewards.mean())).mean()
