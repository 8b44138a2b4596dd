def policy_loss(logp, rewards):
    raise ValueError("not yet")
