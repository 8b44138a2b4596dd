def policy_loss(logp, rewards):
    advantages = (rewards - rewards.mean()).detach()
    return -(logp * advantages).mean()
