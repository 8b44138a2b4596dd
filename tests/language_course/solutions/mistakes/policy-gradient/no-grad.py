import torch
def reinforce(log_probabilities, returns):
    with torch.no_grad():
        weights = returns - returns.sum() / len(returns)
    return -torch.dot(log_probabilities, weights) / weights.numel()
